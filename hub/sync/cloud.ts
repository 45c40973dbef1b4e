/** The cloud as the hub sees it: two seams, so that a simulation can stand in their place. */
import type {
  EntriesTaken,
  Heartbeat,
  HeartbeatAnswer,
  PushEntries,
  PushOrphans,
  PushRows,
  RowsTaken,
} from '@lockerhub/protocol/sync/hub-messages.ts';
import type { ShapeName } from '@lockerhub/protocol/sync/shapes.ts';

/** What goes up. Each throws `CloudFault`. */
export interface CloudPush {
  heartbeat(request: Heartbeat): Promise<HeartbeatAnswer>;
  pushEntries(request: PushEntries): Promise<EntriesTaken>;
  pushOrphans(request: PushOrphans): Promise<unknown>;
  pushRows(request: PushRows): Promise<RowsTaken>;
}

/** A row of a shape as it came: columns by their names. */
export type ShapeRow = Readonly<Record<string, unknown>>;

/** Where a reader of a shape stands. */
export interface ShapePlace {
  readonly handle: string;
  readonly offset: string;
}

/** What comes down. */
export interface ShapeSource {
  /**
   * Reads a shape from where it stood, for as long as `signal` lets it. Rows come in the order of their changes;
   * nothing more comes before `onRows` has resolved, and what it did not resolve for comes again.
   *
   * @param from null: from the start
   * @param onRows `isUpToDate`: nothing more was there when this was sent
   * @throws CloudFault when it can't go on; begin again from the last place that was kept
   */
  follow(
    shape: ShapeName,
    from: ShapePlace | null,
    onRows: (rows: readonly ShapeRow[], place: ShapePlace, isUpToDate: boolean) => Promise<void>,
    signal: AbortSignal,
  ): Promise<void>;
}
