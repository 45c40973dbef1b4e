/**
 * Text in which others have a word, such as an agent, as one line for a terminal: root reads it, and it must neither command
 * the terminal (ECMA-48's control functions) nor pass for a line of ours.
 */
export function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, ' ');
}
