import type { CaseView, DeliveryView } from '@lockerhub/protocol/http/staff.ts';
import { Button, Group, Select } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useReader } from '../frame/reader.tsx';
import { useSay } from '../frame/said.tsx';
import { Failed } from '../frame/states.tsx';
import { useMay, useResidents } from '../link/queries.ts';
import { deskAct, matchDelivery } from '../link/requests.ts';
import { ClaimActs } from './claim-acts.tsx';
import { LabelPhoto } from './label-photo.tsx';
import { LabelWords } from './label-words.tsx';

/** Found residents that a list shows at once. */
const SHOWN = 30;

/** What staff say of a parcel that a case is about: the desk has it, or whose it is. */
export function DeskCaseActs({ subject }: { readonly subject: CaseView }) {
  const { delivery, kind, state } = subject;
  if (delivery === null || state !== 'open') return null;
  if (kind === 'desk-hand-over') return <HandOver delivery={delivery} />;
  if (kind === 'nobody-told') return <ClaimActs delivery={delivery} />;
  if (kind !== 'recipient-unknown') return null;
  return (
    <>
      <LabelPhoto delivery={delivery} />
      <LabelWords delivery={delivery} />
      <Match delivery={delivery} />
    </>
  );
}

/** What staff say of a parcel at the desk. */
export function DeskActs({ delivery }: { readonly delivery: DeliveryView }) {
  if (delivery.bank !== null) return null;
  if (delivery.state === 'assigned') return <HandOver delivery={delivery.delivery} />;
  return delivery.state === 'deposited' ? <HandOut delivery={delivery.delivery} /> : null;
}

function useDeskAct(work: () => Promise<unknown>, said: string) {
  const say = useSay();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: work,
    onSuccess: () => {
      say(said);
      return queries.invalidateQueries();
    },
  });
}

/** The courier's parcel comes over the counter. */
function HandOver({ delivery }: { readonly delivery: string }) {
  const { t } = useReader();
  const may = useMay();
  const got = useDeskAct(() => deskAct(delivery, 'received'), t('desk.gotDone'));
  const notCome = useDeskAct(() => deskAct(delivery, 'not-brought'), t('desk.notComeDone'));
  if (!may('close-cases')) return null;
  const failed = got.error ?? notCome.error;
  return (
    <Group gap="sm">
      <Button size="xs" loading={got.isPending} onClick={() => got.mutate()}>
        {t('desk.got')}
      </Button>
      <Button size="xs" variant="default" loading={notCome.isPending} onClick={() => notCome.mutate()}>
        {t('desk.notCome')}
      </Button>
      {failed && <Failed error={failed} />}
    </Group>
  );
}

function HandOut({ delivery }: { readonly delivery: string }) {
  const { t } = useReader();
  const may = useMay();
  const out = useDeskAct(() => deskAct(delivery, 'handed-out'), t('desk.outDone'));
  if (!may('close-cases')) return null;
  return (
    <Group gap="sm">
      <Button size="xs" loading={out.isPending} onClick={() => out.mutate()}>
        {t('desk.out')}
      </Button>
      {out.error && <Failed error={out.error} />}
    </Group>
  );
}

function Match({ delivery }: { readonly delivery: string }) {
  const { t } = useReader();
  const may = useMay();
  const residents = useResidents().data ?? [];
  const [chosen, choose] = useState<string | null>(null);
  const person = residents.find(({ resident }) => resident === chosen);
  const matching = useDeskAct(
    async () => person && matchDelivery(delivery, { unit: person.unit, resident: person.resident }),
    t('desk.matchDone'),
  );
  if (!may('close-cases')) return null;
  return (
    <Group gap="sm" align="end">
      <Select
        label={t('desk.whose')}
        searchable
        limit={SHOWN}
        value={chosen}
        onChange={choose}
        data={residents.map(({ resident, unitName, name }) => ({
          value: resident,
          label: `${unitName} · ${name}`,
        }))}
      />
      <Button size="sm" disabled={!person} loading={matching.isPending} onClick={() => matching.mutate()}>
        {t('desk.match')}
      </Button>
      {matching.error && <Failed error={matching.error} />}
    </Group>
  );
}
