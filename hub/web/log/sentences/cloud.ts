/** Sentences about hub and cloud, and about rows that came in numbers. */
import type { CLOUD_PAYLOADS } from '@lockerhub/protocol/log/payloads/cloud.ts';
import type { Sentences } from '../speech.ts';

export const CLOUD_SENTENCES: Sentences<typeof CLOUD_PAYLOADS> = {
  'cloud.joined': ({ t }) => t('entry.cloud.joined'),
  'cloud.left': ({ t }, { reason }) => t('entry.cloud.left', { reason }),
  'cloud.rewound': ({ t }, { seq }) => t('entry.cloud.rewound', { seq }),
  'entries.orphaned': ({ t }, { from, to }) => t('entry.entries.orphaned', { count: to - from + 1 }),
  'rows.arrived': ({ t }, { table, rows }) =>
    t('entry.rows.arrived', { count: rows.length, what: t(`thing.rows.${table}`) }),
  'rows.imported': ({ t }, { table, rows, undone }) => {
    const what = t(`thing.rows.${table}`);
    return t(undone ? 'entry.rows.importUndone' : 'entry.rows.imported', { count: rows.length, what });
  },
  'command.taken': ({ t }, { kind }) => t('entry.command.taken', { kind: t(`thing.commands.${kind}`, kind) }),
  'command.ended': ({ t }, { outcome, detail }) =>
    t(`entry.command.ended.${outcome}`, { detail: detail ?? '' }),
};
