import { systemClock } from '@lockerhub/protocol/time/clock.ts';
import { Button, Group, Modal, NativeSelect, Progress, Stack, Text, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { FormDialog } from '../frame/form-dialog.tsx';
import { useReader } from '../frame/reader.tsx';
import { Secret } from '../frame/secret.tsx';
import { useBuilding, useTerminals } from '../link/queries.ts';
import { newTerminalCode } from '../link/requests.ts';

interface Asked {
  readonly code: string;
  readonly expiresInMs: number;
  /** By this machine's monotonic clock. */
  readonly askedAtMs: number;
  /** The terminals that were there before. */
  readonly known: ReadonlySet<string>;
}

/** Asks for a one-time code and shows it until it is used or has expired. */
export function PairTerminal({ onClose }: { readonly onClose: () => void }) {
  const { t } = useReader();
  const banks = useBuilding().data?.banks ?? [];
  const terminals = useTerminals().data ?? [];
  const [name, setName] = useState('');
  const [bank, setBank] = useState(banks[0]?.bank ?? '');
  const [tried, setTried] = useState(false);
  const asking = useMutation({
    mutationFn: async (): Promise<Asked> => ({
      ...(await newTerminalCode({ name: name.trim(), bank: bank || null })),
      askedAtMs: systemClock.monotonicMs(),
      known: new Set(terminals.map(({ terminal }) => terminal)),
    }),
  });
  if (asking.data)
    return (
      <CodeShown asked={asking.data} name={name.trim()} again={() => asking.mutate()} onClose={onClose} />
    );
  return (
    <FormDialog
      opened
      onClose={onClose}
      title={t('terminals.add')}
      confirm={t('terminals.go')}
      pending={asking.isPending}
      error={asking.error}
      onSubmit={() => {
        setTried(true);
        if (name.trim()) asking.mutate();
      }}
    >
      <TextInput
        label={t('terminals.name')}
        description={t('terminals.nameHint')}
        required
        data-autofocus
        maxLength={80}
        value={name}
        error={tried && !name.trim() ? t('rule.required') : undefined}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <NativeSelect
        label={t('terminals.bank')}
        data={[
          ...banks.map((each) => ({ value: each.bank, label: each.name })),
          { value: '', label: t('terminals.noBank') },
        ]}
        value={bank}
        onChange={(event) => setBank(event.currentTarget.value)}
      />
    </FormDialog>
  );
}

interface CodeShownProps {
  readonly asked: Asked;
  readonly name: string;
  readonly again: () => void;
  readonly onClose: () => void;
}

function CodeShown({ asked, name, again, onClose }: CodeShownProps) {
  const { t, formats } = useReader();
  const leftMs = useLeft(asked);
  // Once a new terminal of that name is there, the code has done its work.
  const paired =
    useTerminals().data?.some((each) => each.name === name && !asked.known.has(each.terminal)) ?? false;
  useEffect(() => {
    if (paired) onClose();
  }, [paired, onClose]);
  const address = `${window.location.origin}/kiosk/`;
  return (
    <Modal
      opened
      onClose={onClose}
      centered
      closeOnClickOutside={false}
      title={t('terminals.add')}
      closeButtonProps={{ 'aria-label': t('act.close') }}
    >
      <Stack>
        {leftMs > 0 ? (
          <>
            <Text>{t('terminals.codeWhat', { address })}</Text>
            <Secret label={t('terminals.codeTitle')} value={asked.code} big />
            <Progress value={(100 * leftMs) / asked.expiresInMs} aria-hidden transitionDuration={0} />
            <Text size="sm" c="dimmed">
              {t('terminals.codeLeft', { left: formats.duration(leftMs) })}
            </Text>
          </>
        ) : (
          <Text role="alert">{t('terminals.codeOver')}</Text>
        )}
        <Group justify="flex-end">
          {leftMs <= 0 && <Button onClick={again}>{t('terminals.go')}</Button>}
          <Button variant="default" onClick={onClose}>
            {t('act.close')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

/** How long the code is still good, looked at every second. */
function useLeft({ expiresInMs, askedAtMs }: Asked): number {
  const left = () => Math.max(0, askedAtMs + expiresInMs - systemClock.monotonicMs());
  const [leftMs, setLeft] = useState(left);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `left` depends on what is listed
  useEffect(() => {
    setLeft(left());
    let timer = systemClock.after(1_000, tick);
    function tick() {
      setLeft(left());
      timer = systemClock.after(1_000, tick);
    }
    return () => timer.cancel();
  }, [expiresInMs, askedAtMs]);
  return leftMs;
}
