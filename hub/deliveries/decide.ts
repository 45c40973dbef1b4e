/**
 * Decides a command: a pure function of model, command and environment. What it answers takes effect only when the
 * log has the entries and `commit` is called; until then the model is as it was.
 */
import type { Payload } from '@lockerhub/protocol/log/payload.ts';
import { walkAct } from '../commissioning/acts.ts';
import { reconcile } from '../reconciliation/acts.ts';
import { reconcileDesk } from '../reconciliation/desk.ts';
import type { RowChange } from '../store/store.ts';
import { resetAccess } from './access.ts';
import { headTold } from './ahead.ts';
import { messageResult, receiptCame } from './announcing.ts';
import {
  bankEvent,
  bankOffline,
  bankOnline,
  doorSeen,
  grantOutcome,
  openRefused,
  sayClosed,
  sayStuck,
} from './banks.ts';
import { noteCase, releaseCase, reportDoor, takeCase } from './case-work.ts';
import { closeCases, openCase } from './cases.ts';
import { claimAtDesk } from './claims.ts';
import { cloudDisagrees, orphansCame } from './cloud.ts';
import type { Command, Effect, Reply, StaffCommand, TerminalCommand } from './command.ts';
import { endVisit } from './custody.ts';
import { endDelegate, forgetResident, nameDelegate } from './delegates.ts';
import { deskReceived, handedOut, match } from './desk.ts';
import { actorOf, Draft, type Env, HUB } from './draft.ts';
import { emergencyTold, endEmergency } from './emergency.ts';
import { fenced, WHEN_FENCED } from './fenced.ts';
import { handedOver } from './hand-over.ts';
import { BEGINS, held } from './held.ts';
import { proveCode } from './identify.ts';
import { declareKey } from './keys.ts';
import type { Model } from './model.ts';
import { nextDoor, openForResident, reportMissing } from './pickup.ts';
import { addParcel, confirm, openForDeposit, otherDoor, takeBack, undo } from './placing.ts';
import { Refusal } from './refusal.ts';
import { issueSlip } from './slips.ts';
import {
  closeCase,
  issueCode,
  parcelGone,
  putBack,
  replaceKnownCode,
  retire,
  revokeAgent,
  revokeCode,
  staffOpen,
  staffWithdraw,
} from './staff.ts';
import { goingOutBy } from './stops.ts';
import { backupFailed, noticeResult, updateEnded } from './telling-staff.ts';
import { restarted, tick } from './time.ts';
import { lookAfterUntold } from './untold.ts';
import { recordsTold, verifyDoor } from './unverified.ts';
import { visitView } from './view.ts';
import { startVisit, stopFor, type VisitCommand, visitFor } from './visits.ts';

export interface Decision<C extends Command> {
  readonly payloads: readonly Payload[];
  readonly rows: readonly RowChange[];
  /** To be carried out after the commit, in this order. */
  readonly effects: readonly Effect[];
  /** Makes the model what it is after the command. */
  commit(): void;
  /** The answer, from the model as it then is. */
  reply(): Reply<C>;
}

/**
 * @returns the decision, or why the command is refused; then nothing changes.
 */
export function decide<C extends Command>(model: Model, command: C, env: Env): Decision<C> | Refusal {
  if (env.fencedBy !== null && WHEN_FENCED[command.type] === 'refused') return fenced(env.fencedBy);
  if (env.isHeld && BEGINS.has(command.type)) return held();
  const draft = new Draft(model, env);
  try {
    const answer = carryOut(draft, command);
    lookAfterUntold(draft, model);
    return {
      payloads: draft.payloads,
      rows: draft.rows,
      effects: [...draft.effects, ...draft.changes()],
      commit: () => draft.commit(),
      // Which answer belongs to which command is written in `Reply`; the compiler cannot follow it through a switch.
      reply: () => (typeof answer === 'function' ? answer(model) : answer) as Reply<C>,
    };
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}

type Answer = Reply<Command> | ((model: Model) => Reply<TerminalCommand>);

function carryOut(draft: Draft, command: Command): Answer {
  switch (command.type) {
    case 'start-visit':
      return viewOf(draft.env, startVisit(draft, command));
    case 'add-parcel':
    case 'take-back':
    case 'confirm':
    case 'other-door':
    case 'undo':
    case 'open-again':
    case 'closed-by-hand':
    case 'did-not-open':
    case 'missing':
    case 'next-door':
    case 'stay':
    case 'end-visit':
      inVisit(draft, command);
      return viewOf(draft.env, command.visit);
    case 'name-delegate':
      return nameDelegate(draft, command);
    case 'prove-code':
      return proveCode(draft, command);
    case 'end-delegate':
      endDelegate(draft, command);
      return null;
    case 'forget-resident':
      forgetResident(draft, command);
      return null;
    case 'commissioning':
    case 'reconcile':
    case 'reconcile-desk':
    case 'staff-open':
    case 'retire':
    case 'return':
    case 'withdraw':
    case 'desk-received':
    case 'handed-out':
    case 'match':
    case 'issue-slip':
    case 'claim':
    case 'take-case':
    case 'release-case':
    case 'note-case':
    case 'close-case':
    case 'parcel-gone':
    case 'issue-code':
    case 'revoke-code':
    case 'replace-code':
    case 'declare-key':
    case 'report-door':
    case 'verify-door':
    case 'end-emergency':
    case 'revoke-agent':
      return byStaff(draft, command);
    default:
      byBankOrHub(draft, command);
      return null;
  }
}

function viewOf(env: Env, visit: string): Answer {
  return (model) => {
    const view = visitView(model, env, visit);
    if (!view) throw new Refusal('visit-unknown', 'this visit is long over');
    return view;
  };
}

function inVisit(draft: Draft, command: VisitCommand): void {
  const visit = visitFor(draft, command);
  switch (command.type) {
    case 'add-parcel':
      addParcel(draft, visit, command);
      return;
    case 'take-back':
      takeBack(draft, visit, command, command.reason);
      return;
    case 'confirm':
      confirm(draft, visit, stopFor(draft, visit, command.delivery, 'confirm'), command.inside);
      return;
    case 'other-door':
      otherDoor(draft, visit, stopFor(draft, visit, command.delivery, 'other-door'), command.reason);
      return;
    case 'undo':
      undo(draft, visit, stopFor(draft, visit, command.delivery, 'undo'));
      return;
    case 'open-again': {
      const delivery = stopFor(draft, visit, command.delivery, 'open-again');
      const open = visit.kind === 'courier' ? openForDeposit : openForResident;
      open(draft, visit, delivery);
      return;
    }
    case 'closed-by-hand': {
      const delivery = stopFor(draft, visit, command.delivery, 'closed-by-hand');
      const grant = goingOutBy(draft.model, visit, delivery, draft.env.nowMs);
      if (grant) sayClosed(draft, actorOf(visit), grant);
      return;
    }
    case 'did-not-open': {
      const delivery = stopFor(draft, visit, command.delivery, 'did-not-open');
      const grant = goingOutBy(draft.model, visit, delivery, draft.env.nowMs);
      if (grant) sayStuck(draft, actorOf(visit), grant);
      return;
    }
    case 'missing':
      reportMissing(draft, visit, stopFor(draft, visit, command.delivery, 'missing'));
      return;
    case 'next-door':
      nextDoor(draft, visit);
      return;
    case 'stay':
      return;
    case 'end-visit':
      if (draft.model.visits.has(visit.id)) endVisit(draft, actorOf(visit), visit, 'done');
  }
}

function byStaff(draft: Draft, command: StaffCommand): Answer {
  switch (command.type) {
    case 'commissioning':
      walkAct(draft, command);
      return null;
    case 'reconcile':
      reconcile(draft, command);
      return null;
    case 'reconcile-desk':
      reconcileDesk(draft, command);
      return null;
    case 'staff-open':
      return { grant: staffOpen(draft, command) };
    case 'issue-code':
      return { code: issueCode(draft, command) };
    case 'parcel-gone':
      return { case: parcelGone(draft, command) };
    case 'retire':
      retire(draft, command);
      return null;
    case 'return':
      putBack(draft, command);
      return null;
    case 'withdraw':
      staffWithdraw(draft, command);
      return null;
    case 'desk-received':
      deskReceived(draft, command);
      return null;
    case 'handed-out':
      handedOut(draft, command);
      return null;
    case 'match':
      match(draft, command);
      return null;
    case 'issue-slip':
      return issueSlip(draft, command);
    case 'claim':
      return claimAtDesk(draft, command);
    case 'take-case':
      takeCase(draft, command);
      return null;
    case 'release-case':
      releaseCase(draft, command);
      return null;
    case 'note-case':
      noteCase(draft, command);
      return null;
    case 'close-case':
      closeCase(draft, command);
      return null;
    case 'revoke-code':
      revokeCode(draft, command);
      return null;
    case 'replace-code':
      replaceKnownCode(draft, command);
      return null;
    case 'declare-key':
      declareKey(draft, command);
      return null;
    case 'report-door':
      return { case: reportDoor(draft, command) };
    case 'verify-door':
      verifyDoor(draft, command);
      return null;
    case 'end-emergency':
      endEmergency(draft, command);
      return null;
    case 'revoke-agent':
      revokeAgent(draft, command);
      return null;
  }
}

function byBankOrHub(draft: Draft, command: Exclude<Command, TerminalCommand | StaffCommand>): void {
  switch (command.type) {
    case 'bank-online':
      bankOnline(draft, command);
      return;
    case 'bank-offline':
      bankOffline(draft, command);
      return;
    case 'door-seen':
      doorSeen(draft, command);
      return;
    case 'bank-event':
      bankEvent(draft, command);
      return;
    case 'open-refused':
      openRefused(draft, command);
      return;
    case 'grant-outcome':
      grantOutcome(draft, command);
      return;
    case 'head-told':
      headTold(draft, command);
      return;
    case 'records-told':
      recordsTold(draft, command);
      return;
    case 'emergency-told':
      emergencyTold(draft, command);
      return;
    case 'lock-wearing': {
      const { bank, compartment, detail } = command;
      openCase(draft, HUB, 'lock-wearing', { door: { bank, compartment }, delivery: null, detail });
      return;
    }
    case 'log-changed':
      openCase(draft, HUB, 'log-changed', { door: null, delivery: null, detail: command.detail });
      return;
    case 'backup-failed':
      backupFailed(draft, command.reason);
      return;
    case 'backup-made':
      closeCases(draft, HUB, ({ kind }) => kind === 'backup-failing', 'A backup was made, and it opens.');
      return;
    case 'reset-access':
      resetAccess(draft, command);
      return;
    case 'update-ended':
      updateEnded(draft, command);
      return;
    case 'cloud-disagrees':
      cloudDisagrees(draft, command);
      return;
    case 'orphans-came':
      orphansCame(draft, command);
      return;
    case 'handed-over':
      handedOver(draft, command);
      return;
    case 'message-sent':
    case 'message-failed':
      if (!noticeResult(draft, command)) messageResult(draft, command);
      return;
    case 'message-void':
      if (!noticeResult(draft, command) && draft.model.messages.has(command.message)) {
        draft.say(HUB, 'message.void', { message: command.message });
      }
      return;
    case 'message-receipt':
      receiptCame(draft, command);
      return;
    case 'restarted':
      restarted(draft);
      return;
    case 'tick':
      tick(draft);
      return;
  }
}
