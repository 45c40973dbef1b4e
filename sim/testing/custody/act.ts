/** What may be done in the custody test: an act takes the world and chance. */
import type { World } from './world.ts';

/** One of some things, by chance; undefined of none. */
export type Pick = <Item>(items: readonly Item[]) => Item | undefined;

export type Act = (world: World, pick: Pick) => Promise<void>;

/** Acts by their names. */
export type Acts = Readonly<Record<string, Act>>;
