/** Sentences about the building itself: its hub, clock, disk, recovery key and epoch. */
import type { BUILDING_PAYLOADS } from '@lockerhub/protocol/log/payloads/building.ts';
import type { Sentences } from '../speech.ts';

export const BUILDING_SENTENCES: Sentences<typeof BUILDING_PAYLOADS> = {
  'building.created': ({ t }) => t('entry.building.created'),
  'hub.started': ({ t }, { software }) => t('entry.hub.started', { software }),
  'clock.trusted': ({ t }, { reason }) => t('entry.clock.trusted', { reason }),
  'clock.distrusted': ({ t }, { reason }) => t('entry.clock.distrusted', { reason }),
  'disk.low': ({ t, formats }, { freeBytes }) => t('entry.disk.low', { free: formats.bytes(freeBytes) }),
  'disk.recovered': ({ t, formats }, { freeBytes }) =>
    t('entry.disk.recovered', { free: formats.bytes(freeBytes) }),
  'recovery.made': ({ t }, data) => t('entry.recovery.made', data),
  'recovery.confirmed': ({ t }, data) => t('entry.recovery.confirmed', data),
  'epoch.began': ({ t }, { reason, number }) => t(`entry.epoch.${reason}`, { number }),
};
