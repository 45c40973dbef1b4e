import { z } from 'zod';

/** The largest address and register value on the wire. */
export const WORD_MAX = 0xffff;
export const Word = z.int().min(0).max(WORD_MAX);
