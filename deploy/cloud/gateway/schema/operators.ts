/** Operators, their roles, commands and alarms. */
export const OPERATORS_DDL: readonly string[] = [];
