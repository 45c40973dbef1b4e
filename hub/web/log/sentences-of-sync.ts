/** Sentences about hub and cloud. */
import type { Some, Speech } from './speech.ts';

export function ofSync(
  { t }: Speech,
  payload: Some<
    `cloud.${string}` | `epoch.${string}` | `entries.${string}` | `rows.${string}` | `command.${string}`
  >,
): string {
  switch (payload.type) {
    case 'cloud.joined':
      return t('entry.cloud.joined');
    case 'cloud.left':
      return t('entry.cloud.left', { reason: payload.data.reason });
    case 'cloud.rewound':
      return t('entry.cloud.rewound', { seq: payload.data.seq });
    case 'epoch.began':
      return t(`entry.epoch.${payload.data.reason}`, { number: payload.data.number });
    case 'entries.orphaned':
      return t('entry.entries.orphaned', { count: payload.data.to - payload.data.from + 1 });
    case 'rows.arrived': {
      const { table, rows } = payload.data;
      return t('entry.rows.arrived', { count: rows.length, what: t(`thing.rows.${table}`) });
    }
    case 'rows.imported': {
      const { table, rows, undone } = payload.data;
      const what = t(`thing.rows.${table}`);
      return t(undone ? 'entry.rows.importUndone' : 'entry.rows.imported', { count: rows.length, what });
    }
    case 'command.taken':
      return t('entry.command.taken', { kind: t(`thing.commands.${payload.data.kind}`, payload.data.kind) });
    case 'command.ended':
      return t(`entry.command.ended.${payload.data.outcome}`, { detail: payload.data.detail ?? '' });
  }
}
