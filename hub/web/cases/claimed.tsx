import { spaced } from '@lockerhub/protocol/codes/read-code.ts';
import type { Claimed } from '@lockerhub/protocol/http/claims.ts';
import { Text } from '@mantine/core';
import { createContext, type ReactNode, use, useState } from 'react';
import { useReader } from '../frame/reader.tsx';
import { useSay } from '../frame/said.tsx';
import { Secret } from '../frame/secret.tsx';
import { ShownOnce } from '../frame/shown-once.tsx';

const ClaimedContext = createContext<(claimed: Claimed) => void>(() => undefined);

/** How to say that somebody claimed: it outlives the case, which is gone from the page with it. */
export function useClaimed(): (claimed: Claimed) => void {
  return use(ClaimedContext);
}

/** Shows the code of who claimed at the desk and gets no message, once. */
export function ClaimedCodes({ children }: { readonly children: ReactNode }) {
  const { t } = useReader();
  const say = useSay();
  const [code, setCode] = useState<string | null>(null);
  const took = (claimed: Claimed) => {
    say(t(claimed.told ? 'claim.doneTold' : 'claim.done'));
    setCode(claimed.code);
  };
  return (
    <ClaimedContext value={took}>
      {children}
      {code !== null && (
        <ShownOnce title={t('claim.done')} onClose={() => setCode(null)}>
          <Secret label={t('claim.ownCode')} value={spaced(code)} big />
          <Text size="sm">{t('claim.ownCodeWhat')}</Text>
        </ShownOnce>
      )}
    </ClaimedContext>
  );
}
