/** An append-only list of records that survives a power cut: what the ledger is written in. */
export interface Journal {
  /** All whole records, oldest first. To be called once, before anything else. */
  read(): Promise<readonly unknown[]>;
  /**
   * Adds a record. Resolves once it is durable; records become durable in the order of the calls, whether the
   * caller waits or not.
   *
   * @throws AgentError `journal-failed`; from then on every call fails, since nobody knows what reached the disk.
   */
  append(record: object): Promise<void>;
  /**
   * Replaces all records by these, at once: after a cut either the old list is there or the new one. `records` is
   * called at the very moment of the replacement, so that nothing appended meanwhile is lost.
   */
  rewrite(records: () => readonly object[]): Promise<void>;
  /** Roughly how long the list has become since the last rewrite. */
  readonly sizeBytes: number;
  /** Waits for what was appended, then lets go. */
  close(): Promise<void>;
}
