@echo off
rem Starts the desk and opens it in the browser; it listens to this machine only. Close this window to end it.
setlocal
set "PYTHONUTF8=1"
chcp 65001 >nul 2>&1
"%~dp0python\python.exe" -m jixiao desk --open
if errorlevel 1 pause
