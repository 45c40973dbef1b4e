import { Look } from '@lockerhub/edge-agent/kiosk/theme/look.tsx';
import { keepDocument } from '@lockerhub/edge-agent/kiosk/words/words.ts';
import { createStaffWords } from '@lockerhub/hub/web/words/words.ts';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { I18nextProvider } from 'react-i18next';
import { Demo } from './demo.tsx';

// The demo's own texts are English; so is then what it borrows from kiosk and staff page.
const words = createStaffWords('en');
keepDocument(words, document.documentElement);

const root = document.getElementById('demo');
if (!root) throw new Error('index.html has no element #demo to put the page into');
createRoot(root).render(
  <StrictMode>
    <I18nextProvider i18n={words}>
      <Look dir="ltr">
        <Demo />
      </Look>
    </I18nextProvider>
  </StrictMode>,
);
