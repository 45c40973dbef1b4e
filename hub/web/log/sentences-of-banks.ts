/** Sentences about banks: their agents, locks, keys, emergencies, and the installer's walk. */
import { knownFault } from '@lockerhub/protocol/update/files.ts';
import { doorName, type Some, type Speech } from './speech.ts';

export function ofAgents({ t, names }: Speech, payload: Some<`agent.${string}`>): string {
  const bank = names.bank(payload.data.bank) ?? payload.data.bank;
  switch (payload.type) {
    case 'agent.invited':
      return t('entry.agent.invited', { bank });
    case 'agent.cancelled':
      return t('entry.agent.cancelled', { bank });
    case 'agent.joined':
      return t(payload.data.replaces === null ? 'entry.agent.joined' : 'entry.agent.replaced', { bank });
    case 'agent.refused':
      return t('entry.agent.refused', { bank });
    case 'agent.renewed':
      return t('entry.agent.renewed', { bank });
    case 'agent.version':
      return t('entry.agent.version', { bank, software: payload.data.software });
    case 'agent.updated': {
      const { isKept, release } = payload.data.update;
      const code = knownFault(payload.data.update);
      const why = t(code ? `updates.fault.${code}` : 'updates.failed');
      return isKept
        ? t('entry.agent.updated', { bank, release: release ?? '' })
        : t('entry.agent.notUpdated', { bank, why });
    }
    case 'agent.revoked':
      return t('entry.agent.revoked', { bank, reason: payload.data.reason });
  }
}

export function ofCommissioning(speech: Speech, payload: Some<`commissioning.${string}`>): string {
  const { t, names } = speech;
  const bank = names.bank(payload.data.bank) ?? payload.data.bank;
  switch (payload.type) {
    case 'commissioning.started':
      return t('entry.commissioning.started', { bank });
    case 'commissioning.doors-closed':
      return t('entry.commissioning.doorsClosed', { bank });
    case 'commissioning.door': {
      const place = doorName(speech, payload.data.bank, payload.data.compartment);
      return t('entry.commissioning.door', {
        place,
        finding: t(`commissioning.finding.${payload.data.finding}`),
      });
    }
    case 'commissioning.corrected':
      return t('entry.commissioning.corrected', { bank, doors: payload.data.doors.join(', ') });
    case 'commissioning.signed':
      return t('entry.commissioning.signed', { bank });
    case 'commissioning.abandoned':
      return t('entry.commissioning.abandoned', { bank });
    case 'commissioning.scanned':
      return t('entry.commissioning.scanned', { bank, line: payload.data.line });
  }
}

export function ofLocks(speech: Speech, payload: Some<`lock.${string}` | `supply.${string}`>): string {
  const { t } = speech;
  switch (payload.type) {
    case 'lock.jammed': {
      const { bank, compartment, jams } = payload.data;
      return t('entry.lock.jammed', { place: doorName(speech, bank, compartment), count: jams });
    }
    case 'lock.cleared': {
      const { bank, compartment, why } = payload.data;
      return t(`entry.lock.cleared.${why}`, { place: doorName(speech, bank, compartment) });
    }
    case 'supply.failed':
      return t('entry.supply.failed', { supply: payload.data.supply });
    case 'supply.restored':
      return t('entry.supply.restored', { supply: payload.data.supply });
  }
}

export function ofKeys(speech: Speech, payload: Some<`key.${string}`>): string {
  const { t, names, formats } = speech;
  switch (payload.type) {
    case 'key.declared': {
      const { bank, compartment, withinMs, reason } = payload.data;
      const more = { duration: formats.duration(withinMs), reason };
      return compartment === null
        ? t('entry.key.declaredBank', { bank: names.bank(bank) ?? bank, ...more })
        : t('entry.key.declared', { place: doorName(speech, bank, compartment), ...more });
    }
    case 'key.used': {
      const { bank, compartment, reason } = payload.data;
      return t('entry.key.used', { place: doorName(speech, bank, compartment), reason });
    }
    case 'key.over':
      return t('entry.key.over');
  }
}

export function ofEmergencies({ t, names }: Speech, payload: Some<`emergency.${string}`>): string {
  const bank = names.bank(payload.data.bank) ?? payload.data.bank;
  switch (payload.type) {
    case 'emergency.began':
      return t('entry.emergency.began', { bank });
    case 'emergency.told':
      return t(`entry.emergency.told.${payload.data.state}`, { bank });
    case 'emergency.ended':
      return t('entry.emergency.ended', { bank, reason: payload.data.reason });
  }
}

export function ofReconciliation(
  speech: Speech,
  payload: Some<`reconciliation.${string}` | 'bank.reconciled' | 'desk.reconciled'>,
): string {
  const { t, names } = speech;
  if (payload.type === 'desk.reconciled') {
    const { there, missing } = payload.data;
    return t('entry.desk.reconciled', { there, missing: missing.length });
  }
  const bank = names.bank(payload.data.bank) ?? payload.data.bank;
  switch (payload.type) {
    case 'reconciliation.started':
      return t('entry.reconciliation.started', { bank });
    case 'reconciliation.ended':
      return t('entry.reconciliation.ended', { bank });
    case 'reconciliation.door': {
      const place = doorName(speech, payload.data.bank, payload.data.compartment);
      return t(`entry.reconciliation.door.${payload.data.finding}`, { place });
    }
    case 'bank.reconciled': {
      const { asRecorded: right, differs, noOpening: unopened, skipped } = payload.data;
      return t('entry.reconciliation.result', { bank, right, differs, unopened, skipped });
    }
  }
}
