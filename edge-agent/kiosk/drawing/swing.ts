import { useReducedMotion } from '@mantine/hooks';
import { useEffect, useRef, useState } from 'react';
import type { Rect } from './geometry.ts';

/** How far an open door swings towards the reader: far enough to look inside, not so far that its face vanishes. */
export const OPEN_DEGREES = 72;

/** How long a door swings; a spring-loaded locker door takes about half a second. */
const SWING_MS = 550;

type Corner = readonly [number, number];

/**
 * The corners of a door leaf that is hinged on the left and swung towards the reader, in perspective: top left, top
 * right, bottom right, bottom left. SVG has no third dimension of its own, so we project.
 */
export function leafCorners(door: Rect, degrees: number): readonly [Corner, Corner, Corner, Corner] {
  const angle = (degrees * Math.PI) / 180;
  const eye = { x: door.x + door.width / 2, y: door.y + door.height / 2 };
  // From so far in front of the door we look: near enough for depth, far enough that tall doors don't loom.
  const distance = Math.max(3.4 * door.width, 2.4 * door.height);
  const scale = distance / (distance - door.width * Math.sin(angle));
  const freeX = eye.x + (door.x + door.width * Math.cos(angle) - eye.x) * scale;
  const half = (door.height / 2) * scale;
  return [
    [door.x, door.y],
    [freeX, eye.y - half],
    [freeX, eye.y + half],
    [door.x, door.y + door.height],
  ];
}

/** A spring that settles: fast at first, a little too far, back. 0 → 0, 1 → 1. */
function easeOutBack(progress: number): number {
  const past = progress - 1;
  return 1 + 2.1 * past ** 3 + 1.1 * past ** 2;
}

/** How far a door is swung now, in degrees; it moves when `open` changes, or jumps for who wants no motion. */
export function useSwing(open: boolean): number {
  const still = useReducedMotion();
  const goal = open ? OPEN_DEGREES : 0;
  const [degrees, setDegrees] = useState(goal);
  const now = useRef(goal);
  useEffect(() => {
    const from = now.current;
    if (from === goal) return;
    const show = (value: number) => {
      now.current = value;
      setDegrees(value);
    };
    if (still) return show(goal);
    let frame = 0;
    let begin: number | undefined;
    const step = (time: number) => {
      begin ??= time;
      const progress = Math.min(1, (time - begin) / SWING_MS);
      // A closing door meets its frame; only an opening one swings past and settles.
      const eased = goal > from ? easeOutBack(progress) : progress ** 2;
      show(progress === 1 ? goal : from + (goal - from) * eased);
      if (progress < 1) frame = requestAnimationFrame(step);
    };
    frame = requestAnimationFrame(step);
    return () => cancelAnimationFrame(frame);
  }, [goal, still]);
  return degrees;
}
