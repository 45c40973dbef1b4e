import { NewBank } from '@lockerhub/protocol/http/staff.ts';
import { Alert, Button, FileButton, Group, Radio, Stack, Textarea } from '@mantine/core';
import { IconFileUpload, IconKey } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type DragEvent, useState } from 'react';
import type { z } from 'zod';
import { FormDialog } from '../frame/form-dialog.tsx';
import { useReader } from '../frame/reader.tsx';
import { useSay } from '../frame/said.tsx';
import { Secret } from '../frame/secret.tsx';
import { ShownOnce } from '../frame/shown-once.tsx';
import { keys } from '../link/keys.ts';
import { addBank } from '../link/requests.ts';

type Reach = z.infer<typeof NewBank>['reach'];
type Credentials = Awaited<ReturnType<typeof addBank>>;

/** Adds a bank by its file; then shows, once, what its agent signs in with. */
export function AddBank({ onClose }: { readonly onClose: () => void }) {
  const { t } = useReader();
  const say = useSay();
  const client = useQueryClient();
  const [file, setFile] = useState('');
  const [reach, setReach] = useState<Reach>('hub');
  const [tried, setTried] = useState(false);
  const body = { file, reach };
  const valid = NewBank.safeParse(body).success;
  const adding = useMutation({
    mutationFn: () => addBank(body),
    onSuccess: ({ bank }) => {
      void client.invalidateQueries({ queryKey: keys.building });
      say(t('banks.added', { bank }));
    },
  });
  if (adding.data) return <CredentialsOnce credentials={adding.data} reach={reach} onClose={onClose} />;
  return (
    <FormDialog
      opened
      wide
      onClose={onClose}
      title={t('banks.add')}
      confirm={t('banks.go')}
      pending={adding.isPending}
      error={adding.error}
      onSubmit={() => {
        setTried(true);
        if (valid) adding.mutate();
      }}
    >
      <FileField
        value={file}
        onChange={setFile}
        error={tried && !valid ? (file === '' ? t('rule.required') : t('rule.tooLong')) : undefined}
      />
      <Radio.Group label={t('banks.reach')} value={reach} onChange={(chosen) => setReach(chosen as Reach)}>
        <Group mt="xs">
          <Radio value="hub" label={t('banks.reachHub')} description={t('banks.reachHubWhat')} />
          <Radio value="agent" label={t('banks.reachAgent')} />
        </Group>
      </Radio.Group>
    </FormDialog>
  );
}

interface FileFieldProps {
  readonly value: string;
  readonly onChange: (text: string) => void;
  readonly error: string | undefined;
}

/** The bank file's text: pasted, chosen, or dropped. */
function FileField({ value, onChange, error }: FileFieldProps) {
  const { t } = useReader();
  const read = async (file: File | null | undefined) => {
    if (file) onChange(await file.text());
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    void read(event.dataTransfer.files[0]);
  };
  return (
    <Stack gap="xs" align="flex-start">
      <Textarea
        w="100%"
        label={t('banks.file')}
        description={t('banks.fileHint')}
        required
        data-autofocus
        autosize
        minRows={8}
        maxRows={18}
        spellCheck={false}
        dir="ltr"
        styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
        value={value}
        error={error}
        onChange={(event) => onChange(event.currentTarget.value)}
        onDragOver={(event) => event.preventDefault()}
        onDrop={drop}
      />
      <FileButton accept=".yaml,.yml,text/yaml" onChange={(file) => void read(file)}>
        {(button) => (
          <Button {...button} size="xs" variant="default" leftSection={<IconFileUpload size={16} />}>
            {t('banks.choose')}
          </Button>
        )}
      </FileButton>
    </Stack>
  );
}

interface CredentialsOnceProps {
  readonly credentials: Credentials;
  readonly reach: Reach;
  readonly onClose: () => void;
}

function CredentialsOnce({ credentials, reach, onClose }: CredentialsOnceProps) {
  const { t } = useReader();
  return (
    <ShownOnce
      title={t('banks.added', { bank: credentials.bank })}
      kept={t('banks.stored')}
      onClose={onClose}
    >
      <Alert color={reach === 'agent' ? 'yellow' : 'blue'} icon={<IconKey />}>
        {reach === 'agent' ? t('banks.credentials') : t('banks.credentialsHub')}
      </Alert>
      <Secret label={t('banks.username')} value={credentials.username} />
      <Secret label={t('banks.password')} value={credentials.password} />
    </ShownOnce>
  );
}
