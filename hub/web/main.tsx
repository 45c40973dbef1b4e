/** The staff page. */
import './link/no-eval.ts';
import './words/sound-language.ts';
import { Look } from '@lockerhub/edge-agent/kiosk/theme/look.tsx';
import { keepDocument } from '@lockerhub/edge-agent/kiosk/words/words.ts';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { type ReactNode, StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { useTranslation } from 'react-i18next';
import { rememberedLanguage, TimeZone, Words } from './frame/reader.tsx';
import { Said } from './frame/said.tsx';
import { LiveProvider } from './link/live.tsx';
import { createQueryClient, useBuilding } from './link/queries.ts';
import { router } from './pages.tsx';
import { Gate } from './sign-in/gate.tsx';
import { createStaffWords } from './words/words.ts';

const words = createStaffWords(rememberedLanguage());
keepDocument(words, document.documentElement);
const client = createQueryClient();

function StaffPage() {
  const { i18n } = useTranslation();
  return (
    <Look dir={i18n.dir()}>
      <Said>
        <Gate>
          <LiveProvider>
            <BuildingTime>
              <RouterProvider router={router} />
            </BuildingTime>
          </LiveProvider>
        </Gate>
      </Said>
    </Look>
  );
}

/** Times are written as in the building. */
function BuildingTime({ children }: { readonly children: ReactNode }) {
  return <TimeZone value={useBuilding().data?.timeZone ?? null}>{children}</TimeZone>;
}

const root = document.getElementById('root');
if (!root) throw new Error('index.html lacks #root');
createRoot(root).render(
  <StrictMode>
    <Words words={words}>
      <QueryClientProvider client={client}>
        <StaffPage />
      </QueryClientProvider>
    </Words>
  </StrictMode>,
);
