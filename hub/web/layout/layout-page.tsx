/** The layout editor: doors in a table, the bank file's text, and the bank drawn as both change. */
import { BankDrawing } from '@lockerhub/edge-agent/kiosk/drawing/bank-drawing.tsx';
import {
  Alert,
  Anchor,
  Button,
  FileButton,
  Group,
  Paper,
  SimpleGrid,
  Stack,
  Text,
  Textarea,
} from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconArrowLeft, IconDeviceFloppy, IconDownload, IconFileUpload } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { failureWords } from '../frame/failure.ts';
import { Page } from '../frame/page.tsx';
import { useReader } from '../frame/reader.tsx';
import { useSay } from '../frame/said.tsx';
import { saveText } from '../frame/save-as.ts';
import { Failed, Loading } from '../frame/states.tsx';
import { keys } from '../link/keys.ts';
import { bankFile, checkBankFile, putBankFile } from '../link/requests.ts';
import { DoorTable } from './door-table.tsx';
import classes from './layout.module.css';
import { layoutOf } from './layout-text.ts';

/** The hub reads the text once the typing pauses. */
const CHECK_AFTER_MS = 400;

export function LayoutPage() {
  const { t } = useReader();
  const { bank } = useParams({ strict: false }) as { bank: string };
  // Never asked anew while it is edited: what somebody typed would be gone.
  const file = useQuery({ queryKey: ['bank-file', bank], queryFn: () => bankFile(bank), gcTime: 0 });
  return (
    <Page title={t('layout.title', { bank })} what={t('layout.what')}>
      <Anchor renderRoot={(root) => <Link {...root} to="/banks" />} size="sm">
        <Group gap={4} component="span">
          <IconArrowLeft size={16} aria-hidden /> {t('nav.banks')}
        </Group>
      </Anchor>
      {file.isPending && <Loading rows={4} height={90} />}
      {file.isError && <Failed error={file.error} again={() => void file.refetch()} />}
      {file.data && <Editor bank={bank} stored={file.data.file} reach={file.data.reach} />}
    </Page>
  );
}

interface EditorProps {
  readonly bank: string;
  readonly stored: string;
  readonly reach: 'hub' | 'agent';
}

function Editor({ bank, stored, reach }: EditorProps) {
  const { t, formats } = useReader();
  const say = useSay();
  const client = useQueryClient();
  const [text, setText] = useState(stored);
  const [settled] = useDebouncedValue(text, CHECK_AFTER_MS);
  const layout = useMemo(() => layoutOf(text), [text]);
  const check = useQuery({
    queryKey: ['bank-file-check', settled],
    queryFn: () => checkBankFile(settled),
    retry: false,
    gcTime: 0,
  });
  const saving = useMutation({
    mutationFn: () => putBankFile(bank, text),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: keys.building });
      say(t(reach === 'agent' ? 'layout.savedAgent' : 'layout.saved'));
    },
  });
  const isGood = check.isSuccess && settled === text;
  return (
    <SimpleGrid cols={{ base: 1, md: 2 }}>
      <Stack>
        <Paper withBorder p="md" component="section" className={classes.drawing}>
          {layout ? <BankDrawing layout={layout} /> : <Text c="dimmed">{t('layout.noDrawing')}</Text>}
        </Paper>
        {layout && <DoorTable layout={layout} text={text} onChange={setText} />}
      </Stack>
      <Stack>
        <Group>
          <Button
            leftSection={<IconDeviceFloppy size={18} />}
            disabled={!isGood || text === stored}
            loading={saving.isPending}
            onClick={() => saving.mutate()}
          >
            {t('layout.save')}
          </Button>
          <FileButton accept=".yaml,.yml,.json" onChange={async (file) => file && setText(await file.text())}>
            {(props) => (
              <Button {...props} variant="default" leftSection={<IconFileUpload size={18} />}>
                {t('layout.load')}
              </Button>
            )}
          </FileButton>
          <Button
            variant="default"
            leftSection={<IconDownload size={18} />}
            onClick={() => saveText(`${bank}.yaml`, text, 'application/yaml')}
          >
            {t('layout.download')}
          </Button>
        </Group>
        {saving.isError && <Failed error={saving.error} />}
        <div role="status">
          {check.isError && (
            <Alert color="red" title={t('layout.mistake')}>
              {failureWords(t, formats, check.error)}
            </Alert>
          )}
          {isGood && <Text c="dimmed">{t('layout.good')}</Text>}
        </div>
        <Textarea
          label={t('banks.file')}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          autosize
          minRows={16}
          maxRows={40}
          spellCheck={false}
          dir="ltr"
          classNames={{ input: classes.text ?? '' }}
        />
      </Stack>
    </SimpleGrid>
  );
}
