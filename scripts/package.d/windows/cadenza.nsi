; The installer for Windows, for one user, without an administrator:
;   makensis -DBINARY="$PWD/cadenza.exe" -DVERSION=0.1.0 -DOUTPUT="$PWD/setup.exe" scripts/package.d/windows/cadenza.nsi
; makensis runs on Windows, and on Linux (Debian: nsis) for a cadenza.exe that was built elsewhere.
Unicode true
!include "MUI2.nsh"
!ifndef BINARY
  !error "say where the program is: -DBINARY=cadenza.exe"
!endif
!ifndef VERSION
  !define VERSION "0.1.0"
!endif
!define TOP "..\..\.."
!define UNINSTALL "Software\Microsoft\Windows\CurrentVersion\Uninstall\Cadenza"
!define CLASSES "Software\Classes"

Name "Cadenza"
!ifndef OUTPUT
  !define OUTPUT "cadenza-${VERSION}-setup.exe"
!endif
OutFile "${OUTPUT}"
InstallDir "$LOCALAPPDATA\Programs\Cadenza"
RequestExecutionLevel user
SetCompressor /SOLID lzma
VIProductVersion "${VERSION}.0"
VIAddVersionKey "ProductName" "Cadenza"
VIAddVersionKey "FileDescription" "Cadenza"
VIAddVersionKey "FileVersion" "${VERSION}"
VIAddVersionKey "LegalCopyright" "MIT OR Apache-2.0"

!define MUI_ICON "${TOP}/assets/icon/cadenza.ico"
!define MUI_UNICON "${TOP}/assets/icon/cadenza.ico"
!define MUI_FINISHPAGE_RUN "$INSTDIR\cadenza.exe"
!insertmacro MUI_PAGE_DIRECTORY
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_PAGE_FINISH
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE "English"
!insertmacro MUI_LANGUAGE "SimpChinese"

Section
  SetOutPath "$INSTDIR"
  File /oname=cadenza.exe "${BINARY}"
  File "${TOP}/assets/icon/cadenza.ico"
  File "${TOP}/LICENSE-MIT"
  File "${TOP}/LICENSE-APACHE"
  WriteUninstaller "$INSTDIR\uninstall.exe"
  CreateShortcut "$SMPROGRAMS\Cadenza.lnk" "$INSTDIR\cadenza.exe" "" "$INSTDIR\cadenza.ico"
  ; A double-click opens a project; other music offers us under "Open with".
  WriteRegStr HKCU "${CLASSES}\.cadenza" "" "Cadenza.Project"
  WriteRegStr HKCU "${CLASSES}\Cadenza.Project" "" "Cadenza project"
  WriteRegStr HKCU "${CLASSES}\Cadenza.Project\DefaultIcon" "" "$INSTDIR\cadenza.ico"
  WriteRegStr HKCU "${CLASSES}\Cadenza.Project\shell\open\command" "" '"$INSTDIR\cadenza.exe" "%1"'
  WriteRegStr HKCU "${CLASSES}\.mid\OpenWithProgids" "Cadenza.Project" ""
  WriteRegStr HKCU "${CLASSES}\.abc\OpenWithProgids" "Cadenza.Project" ""
  WriteRegStr HKCU "${CLASSES}\.musicxml\OpenWithProgids" "Cadenza.Project" ""
  WriteRegStr HKCU "${UNINSTALL}" "DisplayName" "Cadenza"
  WriteRegStr HKCU "${UNINSTALL}" "DisplayVersion" "${VERSION}"
  WriteRegStr HKCU "${UNINSTALL}" "DisplayIcon" "$INSTDIR\cadenza.ico"
  WriteRegStr HKCU "${UNINSTALL}" "UninstallString" '"$INSTDIR\uninstall.exe"'
SectionEnd

; The user's music, models and settings stay.
Section "Uninstall"
  Delete "$INSTDIR\cadenza.exe"
  Delete "$INSTDIR\cadenza.ico"
  Delete "$INSTDIR\LICENSE-MIT"
  Delete "$INSTDIR\LICENSE-APACHE"
  Delete "$INSTDIR\uninstall.exe"
  RMDir "$INSTDIR"
  Delete "$SMPROGRAMS\Cadenza.lnk"
  DeleteRegKey HKCU "${CLASSES}\Cadenza.Project"
  DeleteRegValue HKCU "${CLASSES}\.mid\OpenWithProgids" "Cadenza.Project"
  DeleteRegValue HKCU "${CLASSES}\.abc\OpenWithProgids" "Cadenza.Project"
  DeleteRegValue HKCU "${CLASSES}\.musicxml\OpenWithProgids" "Cadenza.Project"
  DeleteRegKey HKCU "${CLASSES}\.cadenza"
  DeleteRegKey HKCU "${UNINSTALL}"
SectionEnd
