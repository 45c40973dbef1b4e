/** Every bound of the stand-in, and what happens at it. */
export interface Limits {
  /** At one more, the shape that was read longest ago is given up: its readers get must-refetch. */
  readonly shapes: number;
  /** Of one shape, snapshot and log together. A snapshot beyond it is refused (400); a log that grows beyond it is given up. */
  readonly shapeBytes: number;
  /** Of all shapes together: as with `shapes`. They live in memory. */
  readonly totalBytes: number;
  /** Live requests that wait at once; one more is answered 503. */
  readonly waiting: number;
  /** Of one transaction of Postgres, as it comes over the wire. A larger one gives up the shapes of the tables it touches. */
  readonly transactionBytes: number;
}

const MIB = 1024 * 1024;

/** Enough for a development cloud: 30,000 residents are 21 MB. */
export const LIMITS: Limits = {
  shapes: 1_000,
  shapeBytes: 128 * MIB,
  totalBytes: 512 * MIB,
  waiting: 10_000,
  transactionBytes: 128 * MIB,
};
