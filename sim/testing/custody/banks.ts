/** What banks do, their doors and whoever stands before them, and the wire to the hub. */
import type { Fate } from '../model-bank.ts';
import type { Acts } from './act.ts';
import { handsAt } from './hands.ts';

const FATES: readonly Fate[] = ['opens', 'opens', 'opens', 'opens', 'jams', 'fails', 'takes-long'];

export const BANK_ACTS = {
  openArrived: async (world, pick) => {
    const [open] = world.opens;
    if (!open) return;
    world.opens = world.opens.slice(1);
    const bank = world.bank(open.bank);
    if (bank.isOnline) bank.receive(open, world.rig.clock.monotonicMs(), pick(FATES) ?? 'opens');
  },
  openArrivedTwice: async (world, pick) => {
    const [open] = world.opens;
    if (!open || !world.bank(open.bank).isOnline) return;
    world.bank(open.bank).receive(open, world.rig.clock.monotonicMs(), pick(FATES) ?? 'opens');
  },
  openLost: async (world) => {
    world.opens = world.opens.slice(1);
  },
  verdict: async (world, pick) => {
    const bank = pick([...world.banks.values()]);
    const compartment =
      bank && pick([...bank.doors.keys()].filter((n) => bank.doors.get(n)?.state === 'opening'));
    if (bank && compartment) bank.finish(compartment, pick([true, false]) ?? true);
  },
  uncertaintySettled: async (world, pick) => {
    const bank = pick([...world.banks.values()]);
    const compartment =
      bank && pick([...bank.doors.keys()].filter((n) => bank.doors.get(n)?.state === 'unknown'));
    if (bank && compartment) bank.settle(compartment, pick([true, false]) ?? true);
  },
  doorUsedAndClosed: async (world, pick) => {
    const bank = pick(
      [...world.banks.values()].filter(({ doors }) => [...doors.values()].some((d) => d.isOpen)),
    );
    const compartment = bank && pick([...bank.doors.keys()].filter((n) => bank.doors.get(n)?.isOpen));
    if (!bank || !compartment) return;
    handsAt(world, bank, compartment, pick);
    bank.close(compartment);
  },
  doorForced: async (world, pick) => {
    const bank = pick([...world.banks.values()]);
    const compartment = bank && pick([...bank.doors.keys()]);
    if (bank && compartment) bank.force(compartment);
  },
  wordArrived: async (world, pick) => {
    const bank = pick([...world.banks.values()].filter(({ wire }) => wire.length > 0));
    if (bank) await world.arrive(bank, 1);
  },
  wordsArrived: async (world) => {
    for (const bank of world.banks.values()) await world.arrive(bank, 50);
  },
  reportRepeated: async (world, pick) => {
    const bank = pick([...world.banks.values()].filter(({ unacknowledged }) => unacknowledged.length > 0));
    if (!bank || world.model.banks.get(bank.bank)?.session !== bank.session) return;
    // Repeated, perhaps ahead of earlier ones; of former sessions the wire brings them in order.
    const ofSession = bank.unacknowledged.filter(({ session }) => session === bank.session);
    const report = pick(ofSession) ?? bank.unacknowledged[0];
    if (report) await world.do(report);
  },
  questionAnswered: async (world) => {
    const [question] = world.questions;
    if (!question) return;
    world.questions = world.questions.slice(1);
    const bank = world.bank(question.bank);
    if (bank.isOnline && question.session === bank.session) bank.answer(question.grants);
  },
  bankLeft: async (world, pick) => {
    const bank = pick([...world.banks.values()].filter(({ isOnline }) => isOnline));
    bank?.disconnect();
  },
  bankCrashed: async (world, pick) => {
    pick([...world.banks.values()])?.crash();
  },
  bankCame: async (world, pick) => {
    pick([...world.banks.values()].filter(({ isOnline }) => !isOnline))?.connect();
  },
} satisfies Acts;
