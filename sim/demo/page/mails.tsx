import { useEffect, useState } from 'react';
import type { MailOnPage } from '../state.ts';
import classes from './demo.module.css';
import type { Live } from './live.ts';
import { Turning } from './turning.tsx';

const TIME = new Intl.DateTimeFormat(undefined, { timeStyle: 'short' });

/** The newest mail, or an older one. */
export function Mails({ live }: { readonly live: Live }) {
  const mails = live.mails ?? [];
  const newest = mails.at(-1)?.number;
  const [chosen, setChosen] = useState<number | undefined>(undefined);
  // A mail that arrives is looked at.
  useEffect(() => setChosen(newest), [newest]);
  const index = mails.findIndex(({ number }) => number === chosen);
  const mail = mails[index];
  return (
    <>
      {mail ? <Open key={mail.number} mail={mail} /> : <p className={classes.noMail}>No mail yet</p>}
      <Turning what="mail" at={index} of={mails.length} onTurn={(to) => setChosen(mails[to]?.number)} />
    </>
  );
}

function Open({ mail }: { readonly mail: MailOnPage }) {
  return (
    <article className={classes.mail} aria-label={mail.subject}>
      <header>
        <strong>{mail.subject}</strong>
        <small>
          to {mail.name} ({mail.unitName}), {TIME.format(mail.atMs)}
        </small>
      </header>
      {/* No script, no origin: a mail is shown, never run. */}
      <div className={classes.mailText}>
        <iframe
          sandbox=""
          srcDoc={mail.html ?? `<pre style="white-space:pre-wrap">${escapeHtml(mail.text)}</pre>`}
          title={mail.subject}
        />
      </div>
    </article>
  );
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
