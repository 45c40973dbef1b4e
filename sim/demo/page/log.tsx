import { createNames } from '@lockerhub/hub/web/log/names.ts';
import { sentence } from '@lockerhub/hub/web/log/sentence.ts';
import { createFormats, localeFor } from '@lockerhub/hub/web/words/formats.ts';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import classes from './demo.module.css';
import type { Live } from './live.ts';

/** The building's log as it grows, in the sentences of the staff page. */
export function Log({ live }: { readonly live: Live }) {
  const { t } = useTranslation(['staff', 'doors']);
  const { log = [], knowledge } = live;
  const speech = useMemo(() => {
    const names = createNames({ ...(knowledge ?? {}), entries: log });
    const formats = createFormats(
      localeFor('en', navigator.languages),
      Intl.DateTimeFormat().resolvedOptions().timeZone,
    );
    return { t, names, formats };
  }, [t, knowledge, log]);
  return (
    <section className={classes.log} aria-label="The log">
      <ol>
        {log.map((entry) => (
          <li key={entry.seq}>
            <span className={classes.seq}>{entry.seq}</span>
            <time dateTime={new Date(entry.at).toISOString()}>{TIME.format(entry.at)}</time>
            <span>{sentence(speech, entry)}</span>
            <code>{entry.hash.slice(0, 8)}</code>
          </li>
        ))}
      </ol>
    </section>
  );
}

const TIME = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' });
