// Fill in the tracking code that a QR code carries behind the #, and take it out of the address.
"use strict";

{
  const code = location.hash.slice(1); // letters, digits and hyphens: nothing to decode, and a mangled one does no harm
  const field = document.getElementById("id_code");
  if (code && field && !field.value) {
    field.value = code;
    history.replaceState(null, "", location.pathname);
    document.getElementById("id_phone_tail").focus();
  }
}
