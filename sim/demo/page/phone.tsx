import { ActionIcon } from '@mantine/core';
import { IconChevronLeft, IconChevronRight } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import type { MailOnPage } from '../state.ts';
import classes from './demo.module.css';
import type { Live } from './live.ts';

const TIME = new Intl.DateTimeFormat(undefined, { timeStyle: 'short' });

/** A resident's phone: the newest mail, or an older one. It is always the phone of whoever the mail is for. */
export function Phone({ live }: { readonly live: Live }) {
  const mails = live.mails ?? [];
  const newest = mails.at(-1)?.number;
  const [chosen, setChosen] = useState<number | undefined>(undefined);
  // A mail that arrives is looked at.
  useEffect(() => setChosen(newest), [newest]);
  const index = mails.findIndex(({ number }) => number === chosen);
  const mail = mails[index];
  return (
    <section className={classes.phoneArea} aria-label="A resident's phone">
      <div className={classes.phone}>
        {mail ? <Open key={mail.number} mail={mail} /> : <p className={classes.noMail}>No message yet</p>}
        <nav className={classes.mails} aria-label="Messages">
          <ActionIcon
            variant="subtle"
            aria-label="Older message"
            disabled={index <= 0}
            onClick={() => setChosen(mails[index - 1]?.number)}
          >
            <IconChevronLeft />
          </ActionIcon>
          <span>{mail ? `${index + 1} of ${mails.length}` : ''}</span>
          <ActionIcon
            variant="subtle"
            aria-label="Newer message"
            disabled={index < 0 || index === mails.length - 1}
            onClick={() => setChosen(mails[index + 1]?.number)}
          >
            <IconChevronRight />
          </ActionIcon>
        </nav>
      </div>
    </section>
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
