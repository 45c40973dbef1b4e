import type { WorkedCase } from '@lockerhub/protocol/http/staff.ts';
import { Stack, Text, Title } from '@mantine/core';
import { useReader } from '../frame/reader.tsx';
import { useHubNow } from '../link/hub-now.ts';
import { actor, type Speech } from '../log/speech.ts';

interface CaseNotesProps {
  readonly subject: WorkedCase;
  readonly speech: Speech;
}

/** What was found and done about a case so far, oldest first; nothing if nothing was. */
export function CaseNotes({ subject: { notes }, speech }: CaseNotesProps) {
  const { t, formats } = useReader();
  const nowMs = useHubNow();
  if (notes.length === 0) return null;
  return (
    <section>
      <Title order={3} size="h6">
        {t('case.notes')}
      </Title>
      <Stack gap={4} component="ul" m={0} ps="md">
        {notes.map(({ seq, at, by, note }) => (
          <li key={seq}>
            <Text style={{ overflowWrap: 'anywhere' }}>
              <bdi>{note}</bdi>
            </Text>
            <Text size="sm" c="dimmed">
              {actor(speech, by)} ·{' '}
              <time dateTime={new Date(at).toISOString()}>{formats.moment(at, nowMs)}</time>
            </Text>
          </li>
        ))}
      </Stack>
    </section>
  );
}
