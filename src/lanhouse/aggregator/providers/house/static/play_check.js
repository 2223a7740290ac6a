// The reality check that an agent's rules of a country ask for: after so many minutes, and between
// two rounds, the player is told how long he has been here and how he stands, and says whether he
// goes on. Nothing is bet before he has.
'use strict';

globalThis.lanhouseCheck = (start, stored, minutesNow, net) => {
  const $ = (id) => document.getElementById(id);
  const dialog = $('check');
  if (!dialog) return () => false;

  dialog.addEventListener('cancel', (event) => event.preventDefault());
  $('check-on').addEventListener('click', () => {
    stored.set('checked', String(minutesNow()));
    dialog.close();
  });
  $('check-stop').addEventListener('click', () => {
    if ($('lobby').hidden) $('check-bye').hidden = false;
    else $('lobby').click();
  });

  // Shows it when it is due; answers whether it waits for the player.
  return () => {
    if (dialog.open) return true;
    if (minutesNow() - Number(stored.get('checked') ?? 0) < start.checkMinutes) return false;
    $('check-time').textContent = $('time').textContent;
    $('check-net').textContent = net();
    dialog.showModal();
    return true;
  };
};
