@echo off
rem Installs jixiao for the Python that is on this machine, into the folder "jixiao" beside this file; no network is needed.
setlocal
cd /d "%~dp0"
py -3 -m venv jixiao || goto failed
jixiao\Scripts\python -m pip install --quiet --disable-pip-version-check --no-index --find-links . --require-hashes -r requirements.txt || goto failed
jixiao\Scripts\jixiao --version || goto failed
echo OK: %~dp0jixiao\Scripts\jixiao.exe
goto end
:failed
echo Failed. Python 3.11, 3.12 or 3.13 is needed.
:end
pause
