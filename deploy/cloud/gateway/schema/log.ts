/** The buildings' logs and what is folded from them. */
export const LOG_DDL: readonly string[] = [];
