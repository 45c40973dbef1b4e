/** The synced tables. */
export const ROWS_DDL: readonly string[] = [];
