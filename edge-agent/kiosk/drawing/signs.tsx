import type { Look } from './door-look.ts';

/** What a door can carry besides its number. */
export type Sign = Exclude<Look, 'closed' | 'open'> | 'parcel' | 'no-sensor';

/** Drawn on a grid of 24, stroked with 2.2; ours, so that they stay legible at 12 px. */
const PATHS: Record<Sign, string> = {
  parcel: 'M4 8l8-4 8 4v8l-8 4-8-4zM4 8l8 4 8-4M12 12v8',
  opening: 'M4 12h13M12 6l6 6-6 6',
  forced: 'M12 3v12M12 20v.5',
  jammed: 'M5 5l14 14M19 5L5 19',
  unknown: 'M8 9a4 4 0 1 1 5.5 3.7c-1 .5-1.5 1.1-1.5 2.3M12 19.5v.5',
  unavailable: 'M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM6 6l12 12',
  unseen: 'M5 12h.5M12 12h.5M19 12h.5',
  'out-of-service': 'M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM7.5 12h9',
  'no-sensor': 'M3.5 12s3-5.5 8.5-5.5S20.5 12 20.5 12s-3 5.5-8.5 5.5S3.5 12 3.5 12zM5 4.5l14 15',
};

interface SignProps {
  readonly sign: Sign;
  /** The middle of the sign and its size, in the drawing's mm. */
  readonly x: number;
  readonly y: number;
  readonly size: number;
  readonly className?: string | undefined;
}

/** One sign within a drawing. */
export function SignMark({ sign, x, y, size, className }: SignProps) {
  const scale = size / 24;
  return (
    <path
      className={className}
      d={PATHS[sign]}
      transform={`translate(${x - size / 2} ${y - size / 2}) scale(${scale})`}
      fill="none"
      strokeWidth={2.2}
      strokeLinecap="round"
      strokeLinejoin="round"
    />
  );
}
