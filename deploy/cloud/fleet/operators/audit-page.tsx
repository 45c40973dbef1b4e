import { Page } from '@lockerhub/hub/web/frame/page.tsx';
import { useReader } from '@lockerhub/hub/web/frame/reader.tsx';
import { Failed, Loading, Nothing } from '@lockerhub/hub/web/frame/states.tsx';
import { Button, Code, Paper, Text } from '@mantine/core';
import { IconHistory } from '@tabler/icons-react';
import classes from '../frame/rows.module.css';
import { useAudit } from '../link/queries.ts';
import { useFleetWords } from '../words/words.ts';

/** Who did or looked at what, newest first. */
export function AuditPage() {
  const t = useFleetWords();
  const { formats } = useReader();
  const audit = useAudit();
  const rows = audit.data?.pages.flatMap(({ items }) => items) ?? [];
  return (
    <Page title={t('audit.title')} what={t('audit.what')}>
      {audit.isPending && <Loading rows={8} />}
      {audit.isError && <Failed error={audit.error} again={() => void audit.refetch()} />}
      {audit.data && rows.length === 0 && <Nothing icon={<IconHistory />} title={t('audit.none')} />}
      {rows.length > 0 && (
        <Paper withBorder>
          <ul className={classes.rows}>
            {rows.map((row) => (
              <li key={row.audit} className={classes.row}>
                <div>
                  <Text fw={500}>
                    {row.operatorName} <Code dir="ltr">{row.action}</Code>
                  </Text>
                  <Text size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
                    {[row.buildingName, row.subject].filter(Boolean).join(' · ')}
                  </Text>
                </div>
                <Text size="sm" c="dimmed">
                  {formats.exact(row.atMs)} · <bdi dir="ltr">{row.address}</bdi>
                </Text>
              </li>
            ))}
          </ul>
        </Paper>
      )}
      {audit.hasNextPage && (
        <Button
          variant="default"
          loading={audit.isFetchingNextPage}
          onClick={() => void audit.fetchNextPage()}
        >
          {t('fleet.more')}
        </Button>
      )}
    </Page>
  );
}
