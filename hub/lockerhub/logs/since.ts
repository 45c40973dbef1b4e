import { InvalidArgumentError } from 'commander';

const UNIT_MS = { m: 60_000, h: 3_600_000, d: 24 * 3_600_000 } as const;

/** Since when, by the wall clock: `30m`, `2h`, `3d` ago, or a time such as `2026-11-26T14:00`. */
export function sinceOf(text: string, nowMs: number): number {
  const [, count, unit] = /^(\d{1,5})([mhd])$/.exec(text) ?? [];
  if (count !== undefined) return nowMs - Number(count) * UNIT_MS[unit as keyof typeof UNIT_MS];
  const atMs = Date.parse(text);
  if (Number.isNaN(atMs)) throw new InvalidArgumentError('like 30m, 2h, 3d or 2026-11-26T14:00');
  return atMs;
}
