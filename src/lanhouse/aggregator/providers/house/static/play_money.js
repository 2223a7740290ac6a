// Decimal text for people and for adding up: no binary fractions near money.
'use strict';

globalThis.lanhouseMoney = (start) => {
  const PARTS = 1000000n;

  function parts(text) {
    const [, sign, whole, rest = ''] = /^(-?)(\d+)(?:\.(\d*))?$/.exec(text);
    const value = BigInt(whole) * PARTS + BigInt(rest.padEnd(6, '0').slice(0, 6));
    return sign ? -value : value;
  }
  function text(value) {
    const size = value < 0n ? -value : value;
    const rest = String(size % PARTS).padStart(6, '0').replace(/0+$/, '');
    return `${value < 0n ? '-' : ''}${size / PARTS}${rest ? `.${rest}` : ''}`;
  }
  function moneyFormat(signDisplay) {
    const digits = { minimumFractionDigits: start.decimals, maximumFractionDigits: start.decimals, signDisplay };
    try {
      return new Intl.NumberFormat(start.locale, { style: 'currency', currency: start.currency, ...digits });
    } catch {
      const plain = new Intl.NumberFormat(start.locale, digits);
      return { format: (amount) => `${plain.format(amount)} ${start.currency}` };
    }
  }
  const formats = { plain: moneyFormat('auto'), signed: moneyFormat('exceptZero') };
  // Text goes into format() as it is: browsers read decimal text exactly.
  const money = (amount) => formats.plain.format(amount).replace('-', '−\u2060');
  const signed = (amount) => formats.signed.format(amount).replace('-', '−\u2060').replace('+', '+\u2060');

  return { parts, text, money, signed };
};
