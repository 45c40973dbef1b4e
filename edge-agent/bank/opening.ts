/** One opening of one door, from the checks to the sight of it. The only code that pulses an output. */
import type { OpenRefusal } from '@lockerhub/protocol/bank/messages.ts';
import { type Clock, delay } from '@lockerhub/protocol/time/clock.ts';
import type { Beginning, Ledger } from '../ledger/ledger.ts';
import { LineError } from '../lines/line.ts';
import type { Mailbox, MailboxTurn } from '../mailbox/mailbox.ts';
import type { BankCompartment } from './compartment.ts';
import type { LineWatch } from './line-watch.ts';
import type { PowerBudget, PowerSlot } from './power-budget.ts';
import type { UnitGuard } from './unit-guard.ts';

/**
 * Looks at the door behind a pulse, beside the polls: at once, then while a common cabinet lock takes its time
 * (20 to 50 ms).
 */
const LOOK_AFTER_MS = [0, 20, 20, 30] as const;

/** What is to be opened, and for as long as what holds. */
export interface Opening extends Beginning {
  /** Why the request may not be obeyed any more (its deadline, its session, its epoch), or null. */
  readonly refusal: () => OpenRefusal | null;
  /** The ledger holds `begun`, and the pulse is on its way. */
  readonly onBegun: () => void;
}

/** Where an opening happens. */
export interface OpeningPlace {
  readonly compartment: BankCompartment;
  /** Of the line that pulses it. */
  readonly watch: LineWatch;
  /** Of the line that shows it; null without a sensor. */
  readonly sight: LineWatch | null;
  readonly power: PowerBudget;
  /** Of its unit, if there is something to guard. */
  readonly guard: UnitGuard | undefined;
  /** Of its unit, if that is pulsed by its program. */
  readonly mailbox: Mailbox | undefined;
  readonly ledger: Ledger;
  readonly clock: Clock;
}

/**
 * Opens a door once, or says why not. A refusal burns the grant. Resolves when the pulse has been answered and
 * looked after, or given up; what becomes of the door is told by its compartment.
 */
export async function openOnce(opening: Opening, place: OpeningPlace): Promise<OpenRefusal | null> {
  const early = refusalOf(opening, place);
  if (early) return early;
  const slot = await place.power.take();
  if (!slot) return 'busy';
  const { mailbox } = place;
  const came = mailbox
    ? await mailbox.take((turn) => beginAndPulse(opening, place, slot, turn))
    : await beginAndPulse(opening, place, slot, null);
  if (came === 'answered') await lookBehind(place);
  return came === 'answered' || came === 'uncertain' ? null : came;
}

async function beginAndPulse(
  opening: Opening,
  place: OpeningPlace,
  slot: PowerSlot,
  turn: MailboxTurn | null,
): Promise<OpenRefusal | 'answered' | 'uncertain'> {
  // Others may have been opened while this one waited for power.
  const refused = refusalOf(opening, place) ?? (await begin(opening, place, turn));
  if (!refused) return await pulse(opening, place, slot, turn);
  slot.release();
  return refused;
}

function refusalOf(opening: Opening, place: OpeningPlace): OpenRefusal | null {
  const { compartment, ledger } = place;
  if (ledger.grant(opening.grant)) return 'grant-known';
  if (ledger.failure) return 'ledger-failed';
  const refusal = opening.refusal();
  if (refusal) return refusal;
  if (opening.delivery && ledger.deliveryInProgress(opening.delivery)) return 'delivery-in-progress';
  return compartment.refusal ?? refusalOfUnit(compartment, place);
}

/** Why nothing may be asked of the units of a compartment now, or null: nothing is opened that is surely not seen. */
export function refusalOfUnit(
  { wires }: BankCompartment,
  { watch, sight, guard }: Pick<OpeningPlace, 'watch' | 'sight' | 'guard'>,
): OpenRefusal | null {
  if (!watch.line.reaches(wires.unit)) return 'line-unavailable';
  if (wires.sensor && !sight?.line.reaches(wires.sensor.unit)) return 'line-unavailable';
  return guard && !guard.ready ? 'device-not-ready' : null;
}

async function begin(
  opening: Opening,
  { compartment, mailbox }: OpeningPlace,
  turn: MailboxTurn | null,
): Promise<OpenRefusal | null> {
  if (mailbox && !turn) return 'device-not-ready';
  const { grant, delivery, purpose, compartment: number, released } = opening;
  try {
    await compartment.begin({
      grant,
      delivery,
      purpose,
      compartment: number,
      ...(released ? { released } : {}),
      ...(turn ? { asked: turn.asked } : {}),
    });
  } catch {
    // The ledger tells its failure itself; here it only means that nothing may be pulsed.
    compartment.notPulsed(grant);
    return 'ledger-failed';
  }
  // The disk may have taken its time.
  const tooLate = opening.refusal();
  if (tooLate) compartment.notPulsed(grant);
  return tooLate;
}

async function pulse(
  opening: Opening,
  place: OpeningPlace,
  slot: PowerSlot,
  turn: MailboxTurn | null,
): Promise<OpenRefusal | 'answered' | 'uncertain'> {
  const { compartment, watch, clock } = place;
  const { pulse: request, off, pulseMs } = compartment.wires;
  const { connection } = watch.line;
  compartment.energising();
  const answer = send(request, pulseMs, place, turn);
  opening.onBegun();
  try {
    await answer;
  } catch (error) {
    if (!(error instanceof LineError)) throw error;
    if (error.mayStillAct) {
      slot.releaseAfter(pulseMs);
      compartment.uncertain(connection);
      return 'uncertain';
    }
    slot.release();
    compartment.notPulsed(opening.grant);
    return 'line-unavailable';
  }
  slot.releaseAfter(pulseMs);
  compartment.energised();
  if (off) clock.after(pulseMs, () => void watch.switchOff(compartment));
  return 'answered';
}

async function send(
  request: BankCompartment['wires']['pulse'],
  pulseMs: number,
  { watch }: OpeningPlace,
  turn: MailboxTurn | null,
): Promise<void> {
  if (request.kind !== 'mailbox') await watch.line.request(request, 'command');
  else if (turn) await turn.open(request.compartment, pulseMs);
  else throw new TypeError(`unit ${request.unit} was wired without its mailbox`);
}

/**
 * Looks whether the door opened, without waiting for the next poll. A door that opens at the first look is only
 * told as `opened`: that says the pulse too, and saves a commit between the hand and the screen.
 */
async function lookBehind({ compartment, sight, clock }: OpeningPlace): Promise<void> {
  for (const afterMs of LOOK_AFTER_MS) {
    if (afterMs > 0) await delay(clock, afterMs);
    const seen = sight !== null && (await sight.look(compartment));
    compartment.pulsed();
    if (!seen || !compartment.opening) return;
  }
}
