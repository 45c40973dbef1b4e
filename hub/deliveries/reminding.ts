/**
 * Parcels that wait: reminders within the hours of the building's day, then a case. Never a revocation: a code is good
 * for as long as something waits. Nothing here happens by a wall clock that is not trusted.
 */
import { openCase } from './cases.ts';
import { type Draft, type Env, HUB } from './draft.ts';
import { localTime } from './local-time.ts';
import { type Delivery, doorOf, type Model } from './model.ts';
import { MAX_IN_MESSAGE, queueMessage, recipientsOf } from './telling.ts';

/**
 * How often is looked again at what waits for an hour, a return or a clock. By then a clock that was put right, hours
 * that came and the hour that repeats in autumn are all seen, without a sum over time zones.
 */
export const LOOK_AGAIN_MS = 15 * 60_000;
/** After a return nobody is called before they had two days to come. */
const BACK_FOR_MS = 48 * 3_600_000;

/** What may be looked at to know what is due. */
export type WhenEnv = Pick<Env, 'nowMs' | 'wallMs' | 'clockTrust' | 'timeZone' | 'roster' | 'policy'>;

/** When something about a parcel that waits has to be looked at next; null if nothing waits. */
export function nextLookMs(model: Model, env: WhenEnv): number | null {
  const look = new Look(model, env);
  let waitMs: number | null = null;
  for (const delivery of model.deliveries.values()) {
    if (delivery.state !== 'deposited') continue;
    const untilMs = Math.max(0, Math.min(look.untilReminderMs(delivery), look.untilOverdueMs(delivery)));
    if (untilMs !== Infinity) waitMs = Math.min(waitMs ?? Infinity, untilMs, LOOK_AGAIN_MS);
  }
  return waitMs === null ? null : env.nowMs + waitMs;
}

/** Reminds whoever is due, in one message each, and calls a person for what waits too long. */
export function lookAfterWaiting(draft: Draft): void {
  const look = new Look(draft.model, draft.env);
  const waiting = [...draft.model.deliveries.values()].filter(({ state }) => state === 'deposited');
  remind(
    draft,
    look,
    waiting.filter((delivery) => look.untilReminderMs(delivery) <= 0),
  );
  for (const delivery of waiting) {
    if (look.untilOverdueMs(delivery) > 0) continue;
    const detail = 'nobody came for it; its code stays good';
    const opened = openCase(draft, HUB, 'uncollected', {
      door: doorOf(delivery),
      delivery: delivery.id,
      detail,
    });
    draft.say(HUB, 'delivery.overdue', { delivery: delivery.id, case: opened });
  }
}

/** A message that goes out late stands for the reminders that fell due meanwhile: no flood after an outage. */
export function countAsReminder(draft: Draft, message: string, deliveries: readonly string[]): void {
  const look = new Look(draft.model, draft.env);
  for (const id of deliveries) {
    const delivery = draft.model.deliveries.get(id);
    if (delivery?.state !== 'deposited' || !delivery.announced) continue;
    const reminder = look.remindersDue(delivery);
    if (reminder > delivery.reminders) {
      draft.say(HUB, 'delivery.reminded', { delivery: id, reminder, messages: [message] });
    }
  }
}

function remind(draft: Draft, look: Look, due: readonly Delivery[]): void {
  const byResident = new Map<string, string[]>();
  for (const delivery of due) {
    for (const resident of look.present(delivery)) {
      byResident.set(resident, [...(byResident.get(resident) ?? []), delivery.id]);
    }
  }
  const messageTo = new Map<string, string>();
  for (const [resident, ids] of byResident) {
    messageTo.set(resident, queueMessage(draft, 'reminder', resident, null, ids.slice(0, MAX_IN_MESSAGE)));
  }
  for (const delivery of due) {
    const messages = look.present(delivery).flatMap((resident) => messageTo.get(resident) ?? []);
    draft.say(HUB, 'delivery.reminded', {
      delivery: delivery.id,
      reminder: look.remindersDue(delivery),
      messages,
    });
  }
}

/** One look at the clock and at who is there: the same for all deliveries of a command. */
class Look {
  readonly #env: WhenEnv;
  /** Deliveries that a message is still to tell of: nobody is reminded of what they were not told. */
  readonly #untold: ReadonlySet<string>;
  readonly #hour: number;
  readonly #today: string;
  readonly #sinceBack: string;
  readonly #model: Model;

  constructor(model: Model, env: WhenEnv) {
    this.#model = model;
    this.#env = env;
    this.#untold = new Set([...model.messages.values()].flatMap(({ deliveries }) => deliveries));
    const { hour, day } = localTime(env.wallMs, env.timeZone);
    this.#hour = hour;
    this.#today = day;
    this.#sinceBack = localTime(env.wallMs - BACK_FOR_MS, env.timeZone).day;
  }

  /** How long until its next reminder may go out; Infinity: there is none, 0: now. */
  untilReminderMs(delivery: Delivery): number {
    const nextMs = this.#reminders()[delivery.reminders];
    if (!delivery.announced || nextMs === undefined) return Infinity;
    const waitMs = nextMs - this.#ageMs(delivery);
    if (waitMs > 0) return waitMs;
    const { clockTrust, policy } = this.#env;
    const isDay = this.#hour >= policy.remindFromHour && this.#hour < policy.remindUntilHour;
    const isNow = clockTrust === 'trusted' && isDay && !this.#untold.has(delivery.id);
    return isNow && this.present(delivery).length > 0 ? 0 : LOOK_AGAIN_MS;
  }

  /** How long until a person is called for it; Infinity: one was. */
  untilOverdueMs(delivery: Delivery): number {
    if (delivery.overdue) return Infinity;
    const waitMs = this.#env.policy.overdueMs - this.#ageMs(delivery);
    if (waitMs > 0) return waitMs;
    const recipients = recipientsOf(this.#env.roster, delivery);
    const isHeld =
      recipients.length > 0 &&
      recipients.every(
        (resident) => this.#isAway(resident, this.#today) || this.#isAway(resident, this.#sinceBack),
      );
    return this.#env.clockTrust === 'trusted' && !isHeld ? 0 : LOOK_AGAIN_MS;
  }

  /** The number of the reminder that is due by its age: one for all that were missed. */
  remindersDue(delivery: Delivery): number {
    const ageMs = this.#ageMs(delivery);
    return this.#reminders().filter((afterMs) => afterMs <= ageMs).length;
  }

  /** Those whom it is for and who are not away. */
  present(delivery: Delivery): readonly string[] {
    return recipientsOf(this.#env.roster, delivery).filter((id) => !this.#isAway(id, this.#today));
  }

  #reminders(): readonly number[] {
    const { firstReminderMs, secondReminderMs } = this.#env.policy;
    return [firstReminderMs, secondReminderMs].sort((a, b) => a - b);
  }

  /** For how long it waits: if nobody knows when it came in, at least since this process knows of it. */
  #ageMs({ id, depositedAtMs }: Delivery): number {
    const { nowMs, wallMs } = this.#env;
    return depositedAtMs === null ? nowMs - (this.#model.since.get(id) ?? nowMs) : wallMs - depositedAtMs;
  }

  #isAway(resident: string, day: string): boolean {
    const away = this.#env.roster.resident(resident)?.away;
    return away != null && away.from <= day && day <= away.until;
  }
}
