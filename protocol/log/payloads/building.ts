/** The building as a whole and the hub that speaks for it. */
import { z } from 'zod';
import { Id, Slug } from '../../ids.ts';
import { EpochNumber } from '../../sync/epoch.ts';

export const BUILDING_PAYLOADS = {
  'building.created': z.object({
    building: Slug,
    timeZone: z.string().max(60),
    language: z.string().max(20),
  }),
  'hub.started': z.object({ bootId: Id, software: z.string().max(40) }),
  'clock.trusted': z.object({ reason: z.string().max(200) }),
  'clock.distrusted': z.object({ reason: z.string().max(200) }),
  'disk.low': z.object({ freeBytes: z.number() }),
  'disk.recovered': z.object({ freeBytes: z.number() }),
  /** A recovery key was made; until it is confirmed to be written down the one before it stays good. */
  'recovery.made': z.object({ generation: z.int().min(1) }),
  'recovery.confirmed': z.object({ generation: z.int().min(1) }),
  /** This hub speaks for the building from here on. */
  'epoch.began': z.object({
    number: EpochNumber,
    instance: Id,
    reason: z.enum(['first', 'replaced', 'restored']),
  }),
} as const;
