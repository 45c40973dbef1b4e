import { useEffect, useRef } from 'react';
import { useTerminal } from '../terminal/terminal-context.ts';
import { Keys } from './keys.ts';

/**
 * Makes every screen work without touching it: a scan goes to `onScan`, a digit chooses the button of that number, Enter
 * the main one, Escape goes back. Fields keep their keys (only Escape leaves them).
 */
export function useKeys(onScan: (text: string) => void): void {
  const { clock } = useTerminal();
  const latest = useRef(onScan);
  useEffect(() => {
    latest.current = onScan;
  });
  useEffect(() => {
    const keys = new Keys({
      clock,
      onScan: (text) => latest.current(text),
      onKey: (key) => {
        if (key === 'Enter') choose('[data-choice="main"]');
        else if (/^[1-9]$/.test(key)) choose('[data-choice="main"], [data-choice="other"]', Number(key) - 1);
      },
    });
    const press = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.altKey || event.metaKey) return;
      if (event.key === 'Escape') return choose('[data-choice="back"]');
      if (event.target instanceof HTMLInputElement) return;
      // Enter and space on a button that has the focus are the browser's, unless they end a scan.
      const onButton = event.target instanceof HTMLElement && event.target.closest('button, [role="button"]');
      if (onButton && (event.key === ' ' || event.key === 'Enter') && !keys.isScanning) return;
      if (event.key === 'Enter') event.preventDefault();
      keys.press(event.key);
    };
    window.addEventListener('keydown', press);
    return () => {
      keys.stop();
      window.removeEventListener('keydown', press);
    };
  }, [clock]);
}

/** The buttons of the topmost screen in their order; a dialog covers what is below it. */
function choose(selector: string, index = 0): void {
  const top = document.querySelector('[data-dialog="true"]') ?? document;
  const buttons = [...top.querySelectorAll<HTMLButtonElement>(selector)].filter(({ disabled }) => !disabled);
  buttons[index]?.click();
}
