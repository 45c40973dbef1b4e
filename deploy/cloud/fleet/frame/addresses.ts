/**
 * Where a building's pages are. The router's types know one page's addresses in a program, and those are the staff page's:
 * so these pass as the root's.
 */
export const buildingAddress = (building: string) => `/buildings/${building}` as '/';
export const policyAddress = (building: string) => `/buildings/${building}/policy` as '/';
