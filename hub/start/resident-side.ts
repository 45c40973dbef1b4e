import { addressesOf } from '../agents/whereabouts.ts';
import type { Channels } from '../notifications/channel-settings.ts';
import { Notifications } from '../notifications/notifications.ts';
import { Notifiers } from '../notifications/notifiers.ts';
import { Outbox } from '../notifications/outbox.ts';
import { residentLetters } from '../notifications/resident-letters.ts';
import { staffNotices } from '../notifications/staff-notices.ts';
import { hubPage, pickupPage } from '../terminals/pickup-page.ts';
import type { Starting } from './starting.ts';

/** What tells residents of their parcels. */
export interface ResidentSide {
  readonly outbox: Outbox;
  readonly channels: Channels;
  readonly notifiers: Notifiers;
  readonly notifications: Notifications;
}

/** Makes what residents are told by; the caller wakes it once the hub is up. */
export function residentSide({ config, clock, log, core, httpPort, reach }: Starting): ResidentSide {
  const { register, building, buildingLog, settings, channels } = core;
  const outbox = new Outbox({
    store: core.store,
    log: buildingLog,
    register,
    people: core.people,
    buildingName: () => settings.get()?.name ?? '',
    pickupPage: () => pickupPage(addressesOf(config.host), httpPort()),
    codes: building,
  });
  const notifiers = new Notifiers({ channels, mail: config.smtp, nowMs: () => clock.wallMs() });
  const notices = staffNotices({
    model: () => building.model,
    register,
    building: () => settings.get(),
    page: () => hubPage(addressesOf(config.host), httpPort()),
  });
  const notifications = new Notifications({
    sources: [notices, residentLetters({ outbox, register })],
    notifiers,
    clock,
    log,
    execute: (command) => building.execute(command),
  });
  // The other hub tells residents what is true.
  reach.hold(() => notifications.stop());
  return { outbox, channels, notifiers, notifications };
}
