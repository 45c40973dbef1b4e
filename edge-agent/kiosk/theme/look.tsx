// In a layer: a page's own styles win whatever order a bundler puts them in.
import '@mantine/core/styles.layer.css';
import './look.css';
import { DirectionProvider, MantineProvider, useDirection } from '@mantine/core';
import { type ReactNode, useEffect } from 'react';
import { cssVariables, theme } from './theme.ts';

/**
 * The look of every page, light or dark as the reader's system says until they choose. No inline script: Mantine sets
 * the colour scheme when it mounts. A page's CSP needs `style-src 'self' 'unsafe-inline'` for Mantine's variables.
 *
 * @param dir which way the reader's language runs, see `words/direction`
 */
export function Look({ dir, children }: { readonly dir: 'ltr' | 'rtl'; readonly children: ReactNode }) {
  return (
    <DirectionProvider initialDirection={dir} detectDirection={false}>
      <FollowDirection dir={dir} />
      <MantineProvider theme={theme} cssVariablesResolver={cssVariables} defaultColorScheme="auto">
        {children}
      </MantineProvider>
    </DirectionProvider>
  );
}

function FollowDirection({ dir }: { readonly dir: 'ltr' | 'rtl' }) {
  const { setDirection } = useDirection();
  // biome-ignore lint/correctness/useExhaustiveDependencies: setDirection is made anew at every render
  useEffect(() => setDirection(dir), [dir]);
  return null;
}
