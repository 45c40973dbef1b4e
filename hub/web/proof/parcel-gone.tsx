import type { DeliveryStory } from '@lockerhub/protocol/http/staff.ts';
import type { Evidence } from '@lockerhub/protocol/log/evidence.ts';
import { Button } from '@mantine/core';
import { IconFileDownload, IconPackageOff } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { AskFirst, type Question } from '../frame/ask-first.tsx';
import { type Reader, useReader } from '../frame/reader.tsx';
import { useSay } from '../frame/said.tsx';
import { saveText } from '../frame/save-as.ts';
import { Failed } from '../frame/states.tsx';
import { useMay } from '../link/queries.ts';
import { deliveryEvidence, reportGone } from '../link/requests.ts';
import { sentence } from '../log/sentence.ts';
import { actor, doorName, type Speech } from '../log/speech.ts';
import { evidencePage } from './evidence-page.ts';

interface EvidenceProps {
  readonly story: DeliveryStory;
  readonly speech: Speech;
}

/** Letters of a hash that are shown: enough to compare by eye. */
const HASH_LETTERS = 8;

/** Saves what proves the story, as a page to read and as JSON. */
async function saveEvidence(reader: Reader, { story, speech }: EvidenceProps): Promise<void> {
  const evidence = await deliveryEvidence(story.delivery.delivery);
  const name = `${reader.t('proof.fileName')}-${story.delivery.delivery}`;
  saveText(`${name}.html`, pageOf(reader, story, speech, evidence), 'text/html');
  saveText(`${name}.json`, JSON.stringify(evidence), 'application/json');
}

function pageOf({ t, formats }: Reader, story: DeliveryStory, here: Speech, evidence: Evidence): string {
  // Whoever reads it later is not "you".
  const speech = { ...here, names: { ...here.names, me: null } };
  const { told } = evidence;
  const { delivery } = story;
  const facts: readonly (readonly [string, string | null])[] = [
    [t('delivery.column.unit'), told.unit],
    [t('delivery.column.for'), told.recipient ?? t('delivery.household')],
    [t('delivery.column.carrier'), told.carrier],
    [t('delivery.column.tracking'), told.tracking],
    [t('delivery.column.place'), doorName(speech, delivery.bank, delivery.compartment)],
    [t('delivery.column.state'), t(`delivery.state.${delivery.state}`)],
    [t('proof.made'), `${formats.exact(evidence.madeAt)}, ${evidence.software}`],
  ];
  return evidencePage({
    language: document.documentElement.lang,
    direction: document.documentElement.dir === 'rtl' ? 'rtl' : 'ltr',
    title: `${told.building}: ${t('delivery.storyFor', { unit: told.unit })}`,
    facts: facts.flatMap(([label, value]) => (value === null ? [] : [[label, value] as const])),
    lines: story.entries
      .toSorted((a, b) => a.seq - b.seq)
      .map((entry) => ({
        seq: entry.seq,
        when: formats.exact(entry.at),
        who: actor(speech, entry.by),
        what: sentence(speech, entry),
        hash: entry.hash.slice(0, HASH_LETTERS),
      })),
    notes: [t('proof.what'), t('proof.told'), t('proof.howToCheck')],
    evidence,
  });
}

/** What staff do when somebody says that their parcel is gone: keep the proof, and call a person. */
export function ParcelGone({ story, speech }: EvidenceProps) {
  const reader = useReader();
  const { t } = reader;
  const say = useSay();
  const may = useMay();
  const [asked, setAsked] = useState<Question | null>(null);
  const save = useMutation({ mutationFn: () => saveEvidence(reader, { story, speech }) });
  const ask = () =>
    setAsked({
      title: t('proof.goneAsk'),
      consequence: t('proof.goneWhat'),
      confirm: t('proof.gone'),
      act: async () => {
        await reportGone(story.delivery.delivery);
        await saveEvidence(reader, { story, speech });
      },
      done: () => say(t('proof.goneDone')),
    });
  return (
    <>
      <Button
        variant="default"
        leftSection={<IconFileDownload size={18} />}
        loading={save.isPending}
        onClick={() => save.mutate()}
      >
        {t('proof.download')}
      </Button>
      {may('close-cases') && (
        <Button color="red" variant="light" leftSection={<IconPackageOff size={18} />} onClick={ask}>
          {t('proof.gone')}
        </Button>
      )}
      {save.isError && <Failed error={save.error} />}
      <AskFirst question={asked} onClose={() => setAsked(null)} />
    </>
  );
}
