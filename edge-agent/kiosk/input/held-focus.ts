import { type RefObject, useEffect } from 'react';

/**
 * Keeps the focus of a screen in its one field: whatever a scanner types arrives there. Who walks by Tab or with a
 * screen reader may leave it; what they then type still arrives.
 */
export function useHeldFocus(field: RefObject<HTMLInputElement | null>): void {
  useEffect(() => {
    const hold = () => {
      const { activeElement } = document;
      if (!activeElement || activeElement === document.body) field.current?.focus({ preventScroll: true });
    };
    const catchKey = (event: KeyboardEvent) => {
      if (document.activeElement === field.current || event.ctrlKey || event.altKey || event.metaKey) return;
      // Space presses the button that has the focus.
      if ([...event.key].length === 1 && event.key !== ' ') field.current?.focus({ preventScroll: true });
    };
    const afterwards = () => queueMicrotask(hold);
    hold();
    window.addEventListener('keydown', catchKey);
    window.addEventListener('pointerup', hold);
    window.addEventListener('focus', hold);
    document.addEventListener('focusout', afterwards);
    return () => {
      window.removeEventListener('keydown', catchKey);
      window.removeEventListener('pointerup', hold);
      window.removeEventListener('focus', hold);
      document.removeEventListener('focusout', afterwards);
    };
  }, [field]);
}
