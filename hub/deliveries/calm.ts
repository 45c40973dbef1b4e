import type { Model } from './model.ts';
import type { Table } from './overlay.ts';

/** Whether nobody stands at a door: no visit, no opening without an end, no door open, none that is fired in a walk. */
export function isCalm({ visits, grants, doors, firings }: Model): boolean {
  const isMoving = ({ door }: { readonly door: string }) => door === 'open' || door === 'opening';
  return (
    !some(visits) && !some(firings) && !some(grants, ({ end }) => end === null) && !some(doors, isMoving)
  );
}

function some<Value>(table: Table<Value>, is: (value: Value) => boolean = () => true): boolean {
  for (const value of table.values()) if (is(value)) return true;
  return false;
}
