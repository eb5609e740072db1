@echo off
rem Drop a folder, a zip or workbooks on this file: they are checked, and the results are opened beside them.
setlocal
set "PYTHONUTF8=1"
chcp 65001 >nul 2>&1
"%~dp0python\python.exe" -m etl.commands.drop %*
if errorlevel 2 pause
