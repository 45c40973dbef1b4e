import { useReader } from '@lockerhub/hub/web/frame/reader.tsx';
import type { Need } from '@lockerhub/protocol/http/fleet.ts';
import { Badge, Group } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useFleetWords } from '../words/words.ts';

/** Those that can wait for office hours. */
const CALM: ReadonlySet<Need['kind']> = new Set(['cases', 'version-behind', 'agents-differ', 'no-hub']);

/** What of a building needs a person, the gravest first. */
export function Needs({ needs }: { readonly needs: readonly Need[] }) {
  const t = useFleetWords();
  const { formats } = useReader();
  if (needs.length === 0) return null;
  return (
    <Group gap={6}>
      {needs.map(({ kind, figure }) => (
        <Badge
          key={kind}
          color={CALM.has(kind) ? 'yellow' : 'red'}
          variant="light"
          tt="none"
          leftSection={<IconAlertTriangle size={12} aria-hidden />}
        >
          {kind === 'silent' && figure === null
            ? t('need.silent-never')
            : t(`need.${kind}`, {
                count: figure ?? 0,
                duration: formats.duration(Math.abs(figure ?? 0)),
              })}
        </Badge>
      ))}
    </Group>
  );
}
