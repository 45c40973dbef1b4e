/** Every screen of the kiosk: what the hub says, and what a person does to come there. */
import type { Page } from 'playwright-core';
import { type Behind, behind, problem } from './kiosk-page.ts';
import { acrossRoom, courier, GARAGE, inRoom, kioskView, resident, stop } from './stage.ts';

export interface KioskScreen {
  readonly name: string;
  readonly hub: (language: string) => Behind;
  readonly reach?: (page: Page) => Promise<void>;
}

/** Enters a code with the keyboard, as a wedge does. */
async function scan(page: Page, text: string): Promise<void> {
  await page.keyboard.type(text);
  await page.keyboard.press('Enter');
}

/** In English and Arabic. */
const PIN_BUTTON = /Unit and PIN|الشقة والرقم السري/;

const SCAN_BUTTON = /Scan with the camera|المسح بالكاميرا/;

/** One touch; the camera shows its picture. */
const byCamera = async (page: Page) => {
  await page.getByRole('button', { name: SCAN_BUTTON }).click();
  await page.getByText(/into the frame|داخل الإطار/).waitFor();
};

const enter = (page: Page) => scan(page, '12345678');
/** Something of theirs is not there. */
const mine = async (page: Page) => {
  await enter(page);
  await page.locator('[data-choice="other"]').click();
  await page.locator('[data-choice="back"]').waitFor();
};
/** With names as long as a layout takes. */
const MANY_ZONES = ['Shelf by the window 1', 'Shelf by the window 2', 'A1', 'A2', 'A3', 'B1', 'B2'].map(
  (zone) => zone.slice(0, 20),
);
const search = async (page: Page) => {
  await enter(page);
  await page.locator('[data-keys]').waitFor();
  await page.keyboard.type('12');
  await page.locator('li button').first().waitFor();
};

const at = (visit: Behind['visit']) => (language: string) => behind(kioskView({ language }), visit);

export const SCREENS: readonly KioskScreen[] = [
  { name: 'pairing', hub: () => behind(problem('terminal-unpaired', 401), 'away') },
  { name: 'away', hub: () => behind('away', 'away') },
  { name: 'start', hub: at('away') },
  {
    name: 'start-clock-untrusted',
    hub: (language) => behind(kioskView({ language, clock: 'untrusted' }), 'away'),
  },
  {
    name: 'start-hub-away',
    hub: (language) => behind(kioskView({ language, hub: 'away' }), problem('not-listed', 403)),
  },
  {
    name: 'start-emergency',
    hub: (language) => behind(kioskView({ language, emergency: true }), problem('emergency', 409)),
  },
  {
    name: 'start-emergency-refused',
    hub: (language) =>
      behind(kioskView({ language, emergency: true, hub: 'away' }), problem('not-listed', 403)),
    reach: enter,
  },
  {
    name: 'start-not-listed',
    hub: (language) => behind(kioskView({ language, hub: 'away' }), problem('not-listed', 403)),
    reach: enter,
  },
  { name: 'start-code-wrong', hub: at(problem('code-wrong')), reach: enter },
  {
    name: 'start-too-many',
    hub: at(problem('too-many-attempts', 429, { retryAfterMs: 42_000 })),
    reach: enter,
  },
  { name: 'whose-code', hub: at(problem('code-owner-needed', 401)), reach: enter },
  {
    name: 'whose-code-letters',
    hub: at(problem('code-owner-needed', 401)),
    reach: async (page) => {
      await enter(page);
      await page.locator('button[data-layer]').click();
    },
  },
  { name: 'introduce', hub: at(resident([stop(19, 'done')], { newcomer: true })), reach: enter },
  {
    name: 'introduce-signs',
    hub: at(resident([stop(19, 'done')], { newcomer: true })),
    reach: async (page) => {
      await enter(page);
      await page.locator('button[data-layer]').click();
    },
  },
  {
    name: 'introduce-name',
    hub: at(resident([stop(19, 'done')], { newcomer: true })),
    reach: async (page) => {
      await enter(page);
      await page.locator('input').fill('noor@example.org');
      await page.locator('[data-choice="main"]').click();
    },
  },
  {
    name: 'collected-own-code',
    hub: at(resident([stop(19, 'done'), stop(8, 'waiting')], { ownCode: '12345678' })),
    reach: enter,
  },
  { name: 'start-pins', hub: (language) => behind(kioskView({ language, pins: true }), 'away') },
  {
    name: 'pin-wrong',
    hub: (language) => behind(kioskView({ language, pins: true }), problem('code-wrong', 401)),
    reach: async (page) => {
      await page.getByRole('button', { name: PIN_BUTTON }).click();
      await scan(page, '12B');
      await scan(page, '12345678');
      await page.locator('[role=alert]').waitFor();
    },
  },
  {
    name: 'start-camera',
    hub: (language) => behind(kioskView({ language, pins: true }), 'away'),
    reach: byCamera,
  },
  { name: 'recipient', hub: at(courier([])), reach: enter },
  {
    name: 'recipient-camera',
    hub: at(courier([stop(12, 'done', { canUndo: true })])),
    reach: async (page) => {
      await enter(page);
      await byCamera(page);
    },
  },
  {
    name: 'recipient-camera-refused',
    hub: at(courier([])),
    reach: async (page) => {
      await page.evaluate(() => {
        navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', 'NotAllowedError'));
      });
      await enter(page);
      await page.getByRole('button', { name: SCAN_BUTTON }).click();
      await page.locator('[role=alert]').waitFor();
    },
  },
  { name: 'recipient-found', hub: at(courier([])), reach: search },
  {
    name: 'recipient-letters',
    hub: at(courier([])),
    reach: async (page) => {
      await search(page);
      await page.locator('button[data-layer]').click();
    },
  },
  { name: 'recipient-next', hub: at(courier([stop(12, 'done', { canUndo: true })])), reach: enter },
  {
    name: 'recipient-label',
    hub: at(courier([stop(12, 'done', { canUndo: true })])),
    reach: async (page) => {
      await enter(page);
      await page.locator('[data-keys]').waitFor();
      await scan(page, '1Z999AA10123456784');
    },
  },
  {
    name: 'size',
    hub: at(courier([])),
    reach: async (page) => {
      await search(page);
      await page.locator('li button').first().click();
    },
  },
  {
    name: 'size-none',
    hub: at(courier([], { free: [] })),
    reach: async (page) => {
      await search(page);
      await page.locator('li button').first().click();
    },
  },
  {
    name: 'no-place',
    hub: (language) => ({
      ...behind(kioskView({ language, desk: false }), courier([], { free: [] })),
      leads: { parcels: problem('no-place') },
    }),
    reach: async (page) => {
      await search(page);
      await page.locator('li button').first().click();
      await page.locator('[data-choice="other"]').first().click();
      await page.locator('[role=alert]').waitFor();
    },
  },
  {
    name: 'photo',
    hub: at(courier([])),
    reach: async (page) => {
      await search(page);
      await page.getByRole('button', { name: /Not in the list|ليس في القائمة/ }).click();
      await page.locator('video').waitFor();
    },
  },
  {
    name: 'label-words',
    hub: at(courier([])),
    reach: async (page) => {
      await search(page);
      await page.getByRole('button', { name: /Not in the list|ليس في القائمة/ }).click();
      await page.getByRole('button', { name: /Type it instead|كتابته بدلًا من ذلك/ }).click();
      await page.getByRole('heading', { name: /What does the label say|ماذا يقول الملصق/ }).waitFor();
    },
  },
  { name: 'opening', hub: at(courier([stop(11, 'opening')], { endsInMs: null })), reach: enter },
  {
    name: 'put-in',
    hub: at(courier([stop(8, 'open', { canOtherDoor: true })], { endsInMs: null })),
    reach: enter,
  },
  {
    name: 'put-in-too-long',
    hub: at(courier([stop(8, 'open', { canOtherDoor: true, openTooLong: true })], { endsInMs: null })),
    reach: enter,
  },
  {
    name: 'other-door',
    hub: at(courier([stop(8, 'open', { canOtherDoor: true })], { endsInMs: null })),
    reach: async (page) => {
      await enter(page);
      await page.locator('[data-choice="other"]').click();
    },
  },
  {
    name: 'confirm',
    hub: at(
      courier([stop(8, 'confirm', { canOtherDoor: true, canUndo: true, canOpen: true, answerInMs: 15_000 })]),
    ),
    reach: enter,
  },
  {
    name: 'attest',
    hub: at(courier([stop(3, 'attest', { canOtherDoor: true, sensed: false })])),
    reach: enter,
  },
  {
    name: 'jammed-courier',
    hub: at(
      courier([stop(13, 'jammed', { canOtherDoor: true, canOpen: true, canUndo: true, attemptsLeft: 2 })]),
    ),
    reach: enter,
  },
  { name: 'unknown-courier', hub: at(courier([stop(5, 'unknown', { canOtherDoor: true })])), reach: enter },
  {
    name: 'idle',
    hub: at(courier([stop(12, 'done')], { endsInMs: 14_900 })),
    reach: enter,
  },
  {
    name: 'ended-courier',
    hub: at(courier([stop(12, 'done'), stop(13, 'done')], { state: 'ended', endReason: 'done' })),
    reach: enter,
  },
  {
    name: 'ended-revoked',
    hub: at(courier([], { state: 'ended', endReason: 'revoked' })),
    reach: enter,
  },
  { name: 'start-outside-hours', hub: at(problem('outside-hours', 403)), reach: enter },
  {
    name: 'put-in-room',
    hub: at(courier([inRoom(8, ['A2'], { canOtherDoor: true })], { endsInMs: null })),
    reach: enter,
  },
  {
    name: 'other-zone',
    hub: at(courier([inRoom(8, ['A2'], { canOtherDoor: true })], { endsInMs: null })),
    reach: async (page) => {
      await enter(page);
      await page.locator('[data-choice="other"]').click();
    },
  },
  {
    name: 'confirm-room',
    hub: at(
      courier([
        inRoom(8, ['A2'], {
          step: 'confirm',
          canOtherDoor: true,
          canUndo: true,
          canOpen: true,
          answerInMs: 15_000,
        }),
      ]),
    ),
    reach: enter,
  },
  {
    name: 'attest-room',
    hub: at(resident(acrossRoom(19, ['A2', 'Floor'], { step: 'attest', sensed: false }))),
    reach: enter,
  },
  {
    name: 'jammed-room',
    hub: at(courier([inRoom(13, ['A2'], { step: 'jammed', canOtherDoor: true, canUndo: true })])),
    reach: enter,
  },
  {
    name: 'take-out-room',
    hub: at(resident(acrossRoom(19, ['A2', 'Floor']), { endsInMs: null })),
    reach: enter,
  },
  {
    name: 'which-missing',
    hub: at(resident(acrossRoom(19, ['A2', 'Floor', 'B1']), { endsInMs: null })),
    reach: mine,
  },
  {
    name: 'which-missing-many',
    hub: at(resident(acrossRoom(19, MANY_ZONES), { endsInMs: null })),
    reach: mine,
  },
  {
    name: 'missing-room',
    hub: at(resident(acrossRoom(19, ['A2', 'Floor']), { endsInMs: null })),
    reach: async (page) => {
      await mine(page);
      await page.locator('[data-choice="other"]').nth(1).click();
    },
  },
  {
    name: 'take-out',
    hub: at(
      resident([stop(19, 'open', { canReportMissing: true }), stop(2, 'waiting', { canOpen: true })], {
        endsInMs: null,
      }),
    ),
    reach: enter,
  },
  {
    name: 'missing',
    hub: at(resident([stop(19, 'open', { canReportMissing: true })], { endsInMs: null })),
    reach: async (page) => {
      await enter(page);
      await page.locator('[data-choice="other"]').click();
    },
  },
  {
    name: 'jammed-resident',
    hub: at(resident([stop(1, 'jammed', { canOpen: true, attemptsLeft: 2 })])),
    reach: enter,
  },
  { name: 'jammed-called', hub: at(resident([stop(1, 'jammed')])), reach: enter },
  { name: 'next', hub: at(resident([stop(4, 'waiting', { canOpen: true })])), reach: enter },
  {
    name: 'collected',
    hub: at(resident([stop(19, 'done', { canOpen: true }), stop(2, 'done', { canOpen: true })])),
    reach: enter,
  },
  {
    name: 'collected-missing',
    hub: at(
      resident([
        stop(19, 'done', { missing: true }),
        stop(2, 'done', { canOpen: true }),
        stop(3, 'elsewhere', { delivery: '01900000-0000-7000-8000-000000000999' }, GARAGE),
      ]),
    ),
    reach: enter,
  },
  {
    name: 'collected-some',
    hub: at(
      resident([
        stop(19, 'done', { canOpen: true }),
        stop(3, 'elsewhere', { delivery: '01900000-0000-7000-8000-000000000999' }, GARAGE),
      ]),
    ),
    reach: enter,
  },
  {
    name: 'ended-timeout',
    hub: at(resident([], { state: 'ended', endReason: 'timeout' })),
    reach: enter,
  },
  {
    name: 'ended-restart',
    hub: at(resident([], { state: 'ended', endReason: 'restart' })),
    reach: enter,
  },
];
