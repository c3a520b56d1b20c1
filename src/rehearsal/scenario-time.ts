const DAYS_FROM = 48 * 3600;

/** A length of time for people: 43s, 11m 52s, 1h 30m, 24h, 30d. Whole seconds; what is zero is left out. */
export function lengthText(seconds: number): string {
  const whole = Math.round(Math.abs(seconds));
  const days = whole >= DAYS_FROM ? Math.floor(whole / 86_400) : 0;
  const rest = whole - days * 86_400;
  const parts: [number, string][] = [
    [days, 'd'],
    [Math.floor(rest / 3600), 'h'],
    [Math.floor((rest % 3600) / 60), 'm'],
    [rest % 60, 's'],
  ];
  const text = parts.filter(([count]) => count > 0).map(([count, unit]) => `${count}${unit}`);
  return text.length === 0 ? '0s' : text.join(' ');
}
