/** What has to hold at a unit before its outputs may be pulsed: somebody feeds it, asks it, and says whether it does. */
export interface UnitGuard {
  /** Nothing is opened while this is false. */
  readonly ready: boolean;
  start(): void;
  stop(): void;
}
