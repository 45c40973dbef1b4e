/**
 * Where a building's page is. The router's types know one page's addresses in a program, and those are the staff page's:
 * so this one passes as the root's.
 */
export const buildingAddress = (building: string) => `/buildings/${building}` as '/';
