/** The operators' page: many buildings, those that need a person first. */
import '@lockerhub/hub/web/link/no-eval.ts';
import { Look } from '@lockerhub/edge-agent/kiosk/theme/look.tsx';
import { keepDocument } from '@lockerhub/edge-agent/kiosk/words/words.ts';
import { rememberedLanguage, Words } from '@lockerhub/hub/web/frame/reader.tsx';
import { Said } from '@lockerhub/hub/web/frame/said.tsx';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { useTranslation } from 'react-i18next';
import { Gate } from './frame/gate.tsx';
import { createQueryClient } from './link/queries.ts';
import { router } from './pages.tsx';
import { createFleetWords } from './words/words.ts';

const words = createFleetWords(rememberedLanguage());
keepDocument(words, document.documentElement);

function FleetApp() {
  const { i18n } = useTranslation();
  return (
    <Look dir={i18n.dir()}>
      <Said>
        <Gate>
          <RouterProvider router={router} />
        </Gate>
      </Said>
    </Look>
  );
}

const root = document.getElementById('root');
if (!root) throw new Error('index.html lacks #root');
createRoot(root).render(
  <StrictMode>
    <Words words={words}>
      <QueryClientProvider client={createQueryClient()}>
        <FleetApp />
      </QueryClientProvider>
    </Words>
  </StrictMode>,
);
