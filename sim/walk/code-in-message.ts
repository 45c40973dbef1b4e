/** A code as a message shows it: eight digits in two groups, with a space of some kind between them. */
const CODE = /(?<!\d)(\d{4})\s(\d{4})(?!\d)/;

/** The code that a resident reads in a message, or undefined. */
export function codeIn(text: string): string | undefined {
  const match = CODE.exec(text);
  return match ? `${match[1]}${match[2]}` : undefined;
}
