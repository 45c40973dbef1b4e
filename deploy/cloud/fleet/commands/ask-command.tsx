import { FormDialog } from '@lockerhub/hub/web/frame/form-dialog.tsx';
import { useSay } from '@lockerhub/hub/web/frame/said.tsx';
import { placedCompartments } from '@lockerhub/protocol/bank/layout.ts';
import type { FleetBuilding } from '@lockerhub/protocol/http/fleet.ts';
import { type CommandArgument, FOUR_EYES } from '@lockerhub/protocol/sync/commands.ts';
import { Alert, Select, Text, TextInput } from '@mantine/core';
import { IconCloudOff } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useBanks, useReleases } from '../link/queries.ts';
import { askCommand } from '../link/requests.ts';
import { useFleetWords } from '../words/words.ts';
import { useRefusal } from './refusal.ts';

const KINDS = ['open-compartment', 'retire-compartment', 'return-compartment', 'update-hub'] as const;
type Kind = (typeof KINDS)[number];

interface AskCommandProps {
  readonly building: FleetBuilding;
  readonly opened: boolean;
  readonly onClose: () => void;
}

/** What to do at which door, and why. */
export function AskCommand({ building, opened, onClose }: AskCommandProps) {
  const t = useFleetWords();
  const say = useSay();
  const refusal = useRefusal();
  const banks = useBanks(building.building, opened).data ?? [];
  const [kind, setKind] = useState<Kind>('open-compartment');
  const [bank, setBank] = useState<string | null>(null);
  const [door, setDoor] = useState<string | null>(null);
  const [version, setVersion] = useState<string | null>(null);
  const [reason, setReason] = useState('');
  const layout = banks.find((each) => each.bank === bank)?.layout;
  const doors = layout ? placedCompartments(layout).map(({ number }) => String(number)) : [];
  const releases = useReleases(building.building, opened && kind === 'update-hub').data;
  const release = releases?.find((each) => each.version === version);
  const argument = (): CommandArgument => {
    const why = reason.trim();
    if (kind === 'update-hub') {
      const { files = [] } = release ?? {};
      return { kind, version: version ?? '', files, reason: why };
    }
    return { kind, bank: bank ?? '', compartment: Number(door), reason: why };
  };
  const asking = useMutation({
    mutationFn: () => askCommand(building.building, argument()),
    onSuccess: () => {
      onClose();
      setBank(null);
      setDoor(null);
      setVersion(null);
      setReason('');
      say(FOUR_EYES.includes(kind) ? t('command.asked') : t('command.sent'));
    },
  });
  return (
    <FormDialog
      opened={opened}
      onClose={onClose}
      title={t('command.ask')}
      confirm={t('command.ask')}
      pending={asking.isPending}
      error={refusal(asking.error)}
      onSubmit={() => asking.mutate()}
    >
      <Select
        label={t('command.kind')}
        allowDeselect={false}
        value={kind}
        onChange={(chosen) => setKind(KINDS.find((each) => each === chosen) ?? 'open-compartment')}
        data={KINDS.map((each) => ({ value: each, label: t(`command.kinds.${each}`) }))}
      />
      {!building.online && !asking.isError && <Unreachable building={building} kind={kind} />}
      {kind === 'update-hub' ? (
        <>
          <Select
            label={t('command.release')}
            required
            allowDeselect={false}
            value={version}
            onChange={setVersion}
            data={releases?.map((each) => each.version) ?? []}
            {...(releases?.length === 0 ? { description: t('command.noRelease') } : {})}
          />
          <Text size="sm" c="dimmed">
            {t('command.releaseWhat')}
          </Text>
        </>
      ) : (
        <>
          <Select
            label={t('command.bank')}
            required
            allowDeselect={false}
            value={bank}
            onChange={(chosen) => {
              setBank(chosen);
              setDoor(null);
            }}
            data={banks.map((each) => ({ value: each.bank, label: each.layout?.name ?? each.bank }))}
          />
          <Select
            label={t('command.door')}
            required
            allowDeselect={false}
            searchable
            value={door}
            onChange={setDoor}
            data={doors}
          />
        </>
      )}
      <TextInput
        label={t('command.reason')}
        required
        maxLength={200}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
    </FormDialog>
  );
}

/** What comes of asking a building that is not online, before somebody has written why. */
function Unreachable({ building, kind }: { readonly building: FleetBuilding; readonly kind: Kind }) {
  const t = useFleetWords();
  const isHeard = building.heardAtMs !== null;
  const isRefused = !isHeard || kind === 'open-compartment';
  return (
    <Alert color={isRefused ? 'red' : 'yellow'} variant="light" icon={<IconCloudOff />}>
      {!isHeard ? t('refusal.no-hub') : isRefused ? t('refusal.building-offline') : t('command.waits')}
    </Alert>
  );
}
