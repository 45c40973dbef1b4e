/** An act that cannot be done now. The message says why, for the page. */
export class NotNow extends Error {
  readonly code = 'not-now';
}
